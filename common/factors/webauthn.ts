import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Passkey } from "./factors.js";
import type { RelyingParty } from "./relying-party.js";
import { ALGORITHMS } from "./webauthn-options.js";

const TRANSPORTS = new Set(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]);
/** WebAuthn §4 allows 1,023 bytes. */
const MOST_ID_CHARACTERS = 1364;

/** What an authenticator has answered, as `PublicKeyCredential.toJSON()` gives it, before it is verified. */
export type PasskeyAnswer = object;

/** What a new passkey has from its authenticator. */
export type MadePasskey = Pick<
  Passkey,
  "credentialId" | "publicKey" | "signCount" | "transports" | "isBackedUp" | "origin" | "rpId"
>;

/**
 * Verifies a new passkey (WebAuthn §7.1). Certificates of makers are not accepted: nothing here trusts one more for them, and to verify them the library asks
 * addresses that stand in them.
 *
 * @returns `undefined` where it is not valid.
 */
export async function verifyRegistration(
  answer: PasskeyAnswer,
  challenge: string,
  site: RelyingParty,
): Promise<MadePasskey | undefined> {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { decodeAttestationObject, isoBase64URL } = await import("@simplewebauthn/server/helpers");
  try {
    // It has any form; what is wrong with it, the library finds.
    const response = answer as RegistrationResponseJSON;
    const { attestationObject, transports = [] } = response.response;
    const statement = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
    const format = statement.get("fmt");
    const isPlain = format === "none" || format === "packed";
    if (!isPlain || statement.get("attStmt").get("x5c") !== undefined) return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...site.origins],
      expectedRPID: site.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return undefined;
    const { credential, credentialBackedUp: isBackedUp, origin } = registrationInfo;
    if (credential.id.length > MOST_ID_CHARACTERS) return undefined;
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString("base64url"),
      signCount: credential.counter,
      transports: [...new Set(transports)].filter((transport) => TRANSPORTS.has(transport)),
      isBackedUp,
      rpId: site.id,
      origin,
    };
  } catch {
    return undefined;
  }
}

interface Assertion {
  readonly answer: PasskeyAnswer;
  readonly challenge: string;
  readonly passkey: Passkey;
  readonly origins: readonly string[];
  readonly needsUserVerification: boolean;
}

/**
 * Verifies the answer of a passkey (WebAuthn §7.2). A counter that does not grow is refused: there is a copy of the authenticator.
 *
 * @returns What the passkey is from now on; `undefined` where the answer is not valid.
 */
export async function verifyAssertion(
  assertion: Assertion,
): Promise<Pick<Passkey, "signCount" | "isBackedUp"> | undefined> {
  const { answer, challenge, passkey, origins, needsUserVerification } = assertion;
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: passkey.rpId,
      requireUserVerification: needsUserVerification,
      credential: {
        id: passkey.credentialId,
        publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, "base64url")),
        counter: passkey.signCount,
        transports: [...passkey.transports] as AuthenticatorTransport[],
      },
    });
    if (!verified) return undefined;
    const { newCounter: signCount, credentialBackedUp: isBackedUp } = authenticationInfo;
    return { signCount, isBackedUp };
  } catch {
    return undefined;
  }
}

/** What an answer says of itself; nothing of it is verified. */
export interface ClaimedAnswer {
  readonly credentialId: string;
  readonly challenge: string;
  /** The id of the account that the passkey was made for, where the authenticator keeps it. */
  readonly userHandle: string | undefined;
}

/** Resolves to `undefined` where an answer has not the form of one. */
export function readClaims(answer: PasskeyAnswer): ClaimedAnswer | undefined {
  const { id, response } = answer as { readonly id?: unknown; readonly response?: unknown };
  if (typeof id !== "string" || typeof response !== "object" || response === null) return undefined;
  const { clientDataJSON, userHandle } = response as Readonly<Record<string, unknown>>;
  if (typeof clientDataJSON !== "string") return undefined;
  try {
    const text = Buffer.from(clientDataJSON, "base64url").toString("utf8");
    const client = JSON.parse(text) as { readonly challenge?: unknown } | null;
    if (typeof client?.challenge !== "string") return undefined;
    return {
      credentialId: id,
      challenge: client.challenge,
      userHandle: typeof userHandle === "string" ? userHandle : undefined,
    };
  } catch {
    return undefined;
  }
}
