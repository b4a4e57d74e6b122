import { type Id, isId } from "../platform/ids.js";
import type { Challenge, ChallengePurpose, Challenges } from "./challenges.js";
import type { Factors, Passkey, UsedChallenge } from "./factors.js";
import type { RelyingParty } from "./relying-party.js";
import { type ClaimedAnswer, type PasskeyAnswer, readClaims, verifyAssertion } from "./webauthn.js";

/** Each is kept for 5 minutes. A person does not need more; a program that asks for more waits. */
const MOST_USED_CHALLENGES = 64;

interface Deps {
  readonly challenges: Pick<Challenges, "read">;
  /** What the configuration says; it counts before what a passkey was made with. */
  readonly site: RelyingParty | undefined;
  readonly now: () => Date;
}

/** Whose answer to which kind of challenge counts. */
export interface Asked {
  readonly purpose: Exclude<ChallengePurpose, "register">;
  /** The account or the browser that the challenge was given to. */
  readonly holder: string;
}

/** Accepts the answers of passkeys, each once. */
export class Assertions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The passkeys that browsers can use here: those that were made for the site of the configuration. */
  usable({ passkeys }: Factors): readonly Passkey[] {
    const { site } = this.#deps;
    return passkeys.filter(({ rpId }) => site === undefined || rpId === site.id);
  }

  /**
   * Accepts an answer to a challenge.
   *
   * @returns the factors with what the passkey has counted and with the challenge used; `undefined` where the answer does not count.
   */
  async accept(
    factors: Factors,
    answer: PasskeyAnswer,
    { purpose, holder }: Asked,
  ): Promise<Factors | undefined> {
    const { challenges, site, now } = this.#deps;
    const claims = readClaims(answer);
    if (claims === undefined) return undefined;
    const passkey = this.#find(factors, claims);
    const challenge = challenges.read(claims.challenge, purpose, holder);
    if (passkey === undefined || challenge === undefined) return undefined;
    const usedChallenges = spend(factors.usedChallenges, challenge, now());
    if (usedChallenges === undefined) return undefined;
    const counted = await verifyAssertion({
      answer,
      challenge: claims.challenge,
      passkey,
      origins: site?.origins ?? [passkey.origin],
      needsUserVerification: purpose === "sign-in",
    });
    if (counted === undefined) return undefined;
    const used = { ...passkey, ...counted, lastUsedAt: now() };
    const passkeys = factors.passkeys.map((one) => (one === passkey ? used : one));
    return { ...factors, passkeys, usedChallenges };
  }

  #find(factors: Factors, { credentialId }: ClaimedAnswer): Passkey | undefined {
    return this.usable(factors).find((passkey) => passkey.credentialId === credentialId);
  }
}

/** The account that an answer says it is of; nothing of it is verified. */
export function claimedAccount(answer: PasskeyAnswer): Id | undefined {
  const userHandle = readClaims(answer)?.userHandle;
  return userHandle !== undefined && isId(userHandle) ? userHandle : undefined;
}

/** Notes that a challenge was answered; `undefined` where it was before, or too many are noted. Those that have expired are forgotten. */
export function spend(
  used: readonly UsedChallenge[],
  challenge: Challenge,
  now: Date,
): readonly UsedChallenge[] | undefined {
  const valid = used.filter(({ expiresAt }) => expiresAt > now);
  const isUsed = valid.some(({ id }) => id === challenge.id);
  if (isUsed || valid.length >= MOST_USED_CHALLENGES) return undefined;
  return [...valid, challenge];
}
