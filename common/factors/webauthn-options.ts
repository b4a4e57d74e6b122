import { CHALLENGE_LIFETIME_MS } from "./challenges.js";
import type { Passkey } from "./factors.js";
import type { RelyingParty } from "./relying-party.js";

/** What a browser is asked for (`PublicKeyCredentialRequestOptionsJSON`, WebAuthn §5.5). */
export interface AssertionOptions {
  readonly challenge: string;
  readonly rpId: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly userVerification: "required" | "discouraged";
  readonly allowCredentials: readonly CredentialDescriptor[];
}

export interface CredentialDescriptor {
  readonly type: "public-key";
  readonly id: string;
  readonly transports: readonly string[];
}

/** EdDSA, ES256 and RS256, the best first. */
export const ALGORITHMS = [-8, -7, -257];

export function assertionOptions(
  { id: rpId }: Pick<RelyingParty, "id">,
  challenge: string,
  passkeys: readonly Passkey[] | "any",
): AssertionOptions {
  return {
    challenge,
    rpId,
    timeout: CHALLENGE_LIFETIME_MS,
    // Alone a passkey has to be two factors: what somebody has, and what it knows or is.
    userVerification: passkeys === "any" ? "required" : "discouraged",
    allowCredentials: passkeys === "any" ? [] : passkeys.map(describe),
  };
}

interface NewPasskeyOwner {
  /** 16 bytes in base64url: sign-in with the passkey alone says whose it is. */
  readonly id: string;
  readonly username: string;
  readonly passkeys: readonly Passkey[];
}

/** What a browser is asked to make (`PublicKeyCredentialCreationOptionsJSON`, WebAuthn §5.4). */
export function registrationOptions(
  { id: rpId }: Pick<RelyingParty, "id">,
  challenge: string,
  { id, username, passkeys }: NewPasskeyOwner,
) {
  return {
    challenge,
    rp: { id: rpId, name: "Stowage" },
    user: { id, name: username, displayName: username },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key" as const, alg })),
    timeout: CHALLENGE_LIFETIME_MS,
    excludeCredentials: passkeys.map(describe),
    authenticatorSelection: {
      residentKey: "preferred" as const,
      requireResidentKey: false,
      userVerification: "preferred" as const,
    },
    attestation: "none" as const,
  };
}

const describe = ({ credentialId: id, transports }: Passkey): CredentialDescriptor => ({
  type: "public-key",
  id,
  transports,
});
