import {
  allowInsecureRequests,
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  type Configuration,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
} from "openid-client";
import { IssuerUnavailableError, SingleSignOnFailedError } from "./errors.js";

/** One request to the provider may take so long. */
const TIMEOUT_SECONDS = 10;

export type Claims = Readonly<Record<string, unknown>> & {
  readonly sub: string;
  readonly iss: string;
};

/** What proves that an answer of the provider belongs to a request of ours. The browser keeps it meanwhile. */
export interface Handshake {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

interface Deps {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scopes: string;
}

/**
 * An OpenID provider: authorization code with PKCE, state and nonce. It is asked for its metadata when somebody signs in for the first time, and again
 * after it was away. Redirects are not followed.
 */
export class OidcProvider {
  readonly #deps: Deps;
  #discovered: Promise<Configuration> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Where to send the browser, and what it has to keep. @throws {@link IssuerUnavailableError} */
  async begin(redirectUri: string): Promise<{ url: URL; handshake: Handshake }> {
    const config = await this.#configuration();
    const handshake = {
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
    };
    const url = buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.#deps.scopes,
      state: handshake.state,
      nonce: handshake.nonce,
      code_challenge: await calculatePKCECodeChallenge(handshake.codeVerifier),
      code_challenge_method: "S256",
    });
    return { url, handshake };
  }

  /**
   * What the provider says of the person: the claims of the ID token, and those of the UserInfo endpoint where there is one.
   *
   * @param callback - The URL that the browser came back to, with its parameters.
   * @throws {@link SingleSignOnFailedError}, {@link IssuerUnavailableError}
   */
  async finish(callback: URL, handshake: Handshake): Promise<Claims> {
    const config = await this.#configuration();
    try {
      const tokens = await authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: handshake.codeVerifier,
        expectedState: handshake.state,
        expectedNonce: handshake.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new SingleSignOnFailedError(PROVES_NOTHING);
      if (config.serverMetadata().userinfo_endpoint === undefined) return claims;
      const told = await fetchUserInfo(config, tokens.access_token, claims.sub);
      return { ...told, ...claims };
    } catch (error) {
      throw translate(error);
    }
  }

  async #configuration(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#deps;
    const url = new URL(issuer);
    this.#discovered ??= discovery(
      url,
      clientId,
      undefined,
      clientSecret === undefined ? None() : ClientSecretPost(clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        execute: url.protocol === "http:" ? [allowInsecureRequests] : [],
      },
    );
    const discovered = this.#discovered;
    try {
      return await discovered;
    } catch (error) {
      if (this.#discovered === discovered) this.#discovered = undefined;
      throw new IssuerUnavailableError(error);
    }
  }
}

const PROVES_NOTHING =
  "The answer of the OpenID provider does not prove who you are; sign in again";

/** What fails on the way is the provider's; what its answers say is about this sign-in. */
function translate(error: unknown): Error {
  if (error instanceof SingleSignOnFailedError) return error;
  if (error instanceof AuthorizationResponseError) {
    return new SingleSignOnFailedError("The OpenID provider has refused the sign-in");
  }
  if (error instanceof ResponseBodyError && error.status < 500) {
    return new SingleSignOnFailedError(PROVES_NOTHING);
  }
  const isOnTheWay = error instanceof TypeError || codeOf(error) === "OAUTH_TIMEOUT";
  const isFailure = error instanceof ResponseBodyError || codeOf(error) === UNEXPECTED_STATUS;
  if (isOnTheWay || isFailure) return new IssuerUnavailableError(error);
  return new SingleSignOnFailedError(PROVES_NOTHING, error);
}

const UNEXPECTED_STATUS = "OAUTH_RESPONSE_IS_NOT_CONFORM";

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
