import type { Id } from "../platform/ids.js";
import type { SealedSecret } from "../platform/secret-box.js";

/** What a person proves beside the password, or instead of it. */
export type SecondFactorMethod = "totp" | "recovery-code" | "passkey";

/** An authenticator app (RFC 6238). */
export interface Totp {
  readonly secret: SealedSecret;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** The time step of the last code that was accepted. No code of this step or an earlier one is accepted again. */
  readonly lastStep: number;
}

/** An authenticator app that has not shown yet that it works. */
export interface PendingTotp {
  readonly secret: SealedSecret;
  readonly expiresAt: Date;
}

/** A WebAuthn credential. */
export interface Passkey {
  /** Names it in lists and paths. */
  readonly id: Id;
  /** What the authenticator calls it, in base64url. */
  readonly credentialId: string;
  /** COSE, in base64url. */
  readonly publicKey: string;
  /** What the authenticator has counted; 0 where it does not count. */
  readonly signCount: number;
  readonly transports: readonly string[];
  /** The site that it was made for (WebAuthn §5.1.3). */
  readonly rpId: string;
  /** The origin of the page that made it. */
  readonly origin: string;
  readonly name: string;
  /** Whether it is copied to other devices of its owner. */
  readonly isBackedUp: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** A challenge that was answered. It is kept until it expires, so that the same answer does not count twice. */
export interface UsedChallenge {
  readonly id: string;
  readonly expiresAt: Date;
}

/**
 * All that an account has beside its password, in one document: each change of it is one conditional update. So a code counts once, and the last
 * factor goes together with the recovery codes.
 */
export interface Factors {
  readonly totp: Totp | null;
  readonly pendingTotp: PendingTotp | null;
  /** SHA-256 of each code that is left, in base64url. */
  readonly recoveryCodes: readonly string[];
  readonly passkeys: readonly Passkey[];
  readonly usedChallenges: readonly UsedChallenge[];
}

export const NO_FACTORS: Factors = {
  totp: null,
  pendingTotp: null,
  recoveryCodes: [],
  passkeys: [],
  usedChallenges: [],
};

/** Whether the password alone does not suffice. */
export function hasSecondFactor({ totp, passkeys }: Factors): boolean {
  return totp !== null || passkeys.length > 0;
}

/** Recovery codes stand in for a factor. Without one there is nothing that they recover. */
export function withoutIdleCodes(factors: Factors): Factors {
  return hasSecondFactor(factors) ? factors : { ...factors, recoveryCodes: [] };
}
