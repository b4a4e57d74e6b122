import type { KeyObject } from "node:crypto";
import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from "jose";
import { InvalidTokenError } from "../accounts/errors.js";
import type { Scope } from "../accounts/role.js";
import { type Id, isId } from "../platform/ids.js";
import type { SigningKeys } from "./signing-keys.js";
import { VerifiedTokens } from "./verified-tokens.js";

/** RFC 9068 §2.1: no other JWT of ours can be taken for an access token. */
const TYPE = "at+jwt";
const AUDIENCE = "stowage";
const ALGORITHM = "EdDSA";

/** The clocks of two web processes may differ so much. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Ours have some 600 characters. */
const MOST_CHARACTERS = 4096;

interface NewAccessToken {
  readonly accountId: Id;
  /** The token family that it belongs to. */
  readonly familyId: Id;
  /** Names this very token. */
  readonly id: Id;
  /** What it may be used for; `null`: all that the account may do. */
  readonly scopes: readonly Scope[] | null;
  readonly issuedAt: Date;
}

interface Options {
  readonly keys: SigningKeys;
  /** Who issues them: the service's public URL, or its name. */
  readonly issuer: string;
  readonly lifetimeMs: number;
  readonly now: () => Date;
}

/** Access tokens: JWTs (RFC 9068) that any web process verifies without a store. */
export class AccessTokens {
  readonly #options: Options;
  readonly #verified = new VerifiedTokens();

  constructor(options: Options) {
    this.#options = options;
  }

  get lifetimeMs(): number {
    return this.#options.lifetimeMs;
  }

  /** The same claims at the same instant make the same token. */
  sign({ accountId, familyId, id, scopes, issuedAt }: NewAccessToken): Promise<string> {
    const { keys, issuer, lifetimeMs } = this.#options;
    const { kid, privateKey } = keys.signer;
    const seconds = Math.floor(issuedAt.getTime() / 1000);
    const claims = { client_id: familyId, ...(scopes !== null && { scope: scopes.join(" ") }) };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setIssuer(issuer)
      .setSubject(accountId)
      .setAudience(AUDIENCE)
      .setJti(id)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + Math.ceil(lifetimeMs / 1000))
      .sign(privateKey);
  }

  /**
   * Whether its family still exists, an access token does not tell; nor is it asked whose it is: the family's document says that.
   *
   * @returns the id of the family.
   * @throws {@link InvalidTokenError}
   */
  async verify(token: string): Promise<Id> {
    if (token.length > MOST_CHARACTERS) throw malformed();
    const now = this.#options.now();
    const known = this.#verified.familyOf(token, now);
    if (known !== undefined) return known;
    const { familyId, expiresAt } = await this.#read(token, now);
    this.#verified.add(token, familyId, { now, expiresAt });
    return familyId;
  }

  async #read(token: string, now: Date): Promise<{ familyId: Id; expiresAt: Date }> {
    const { issuer, lifetimeMs } = this.#options;
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer,
        audience: AUDIENCE,
        requiredClaims: ["exp", "iat", "sub", "jti", "client_id"],
        // A configuration that has become stricter counts for older tokens too.
        maxTokenAge: Math.ceil(lifetimeMs / 1000),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: now,
      });
      const { client_id: familyId, exp = 0 } = payload;
      if (typeof familyId !== "string" || !isId(familyId)) throw malformed();
      return { familyId, expiresAt: new Date(exp * 1000) };
    } catch (error) {
      throw toRefusal(error);
    }
  }

  /** Only the key's id counts: keys in the token itself (`jwk`, `x5c`) or elsewhere (`jku`) are not looked at. */
  #keyOf({ kid = "" }: JWTHeaderParameters): KeyObject {
    const key = this.#options.keys.find(kid);
    if (key === undefined) throw malformed();
    return key;
  }
}

const malformed = () =>
  new InvalidTokenError("The access token is malformed, or was not issued by this server");

function toRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return new InvalidTokenError("The access token has expired");
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new InvalidTokenError(
      error.claim === "nbf" || error.claim === "iat"
        ? "The access token is not valid yet"
        : "The access token is not for this server, or is no access token",
    );
  }
  return error instanceof errors.JOSEError ? malformed() : error;
}
