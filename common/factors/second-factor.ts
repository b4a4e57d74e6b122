import type { Id } from "../platform/ids.js";
import type { Assertions } from "./assertions.js";
import type { Challenges } from "./challenges.js";
import { type Factors, hasSecondFactor, type SecondFactorMethod } from "./factors.js";
import { recoveryCodeHash } from "./recovery-codes.js";
import type { FactorsRepository } from "./repository.js";
import type { SecretBox } from "../platform/secret-box.js";
import { acceptedStep } from "./totp.js";
import type { PasskeyAnswer } from "./webauthn.js";
import { type AssertionOptions, assertionOptions } from "./webauthn-options.js";

/** What somebody sends as its second factor. Where there are both, the code counts. */
export interface SecondFactorProof {
  /** Of an authenticator app, or a recovery code. */
  readonly code?: string | undefined;
  readonly passkey?: PasskeyAnswer | undefined;
}

/** How a second factor can be proven. */
export interface SecondFactorChoice {
  readonly methods: readonly SecondFactorMethod[];
  /** What to ask the browser for, where `methods` has passkeys. */
  readonly passkey?: AssertionOptions;
}

/** What a {@link SecondFactorProof} is worth. */
export type SecondFactorVerdict =
  | { readonly kind: "proven"; readonly method: SecondFactorMethod }
  /** The account has no second factor, so none is asked for. */
  | { readonly kind: "not-needed" }
  | { readonly kind: "missing"; readonly choice: SecondFactorChoice }
  | { readonly kind: "wrong"; readonly what: "code" | "passkey" };

/** One try; see `common/accounts/guesses.ts`. */
export interface CodeAttempt {
  /** Throws when it is too early for the next try. */
  readonly check: () => Promise<void>;
  readonly failed: () => Promise<void>;
}

interface Deps {
  readonly factors: Pick<FactorsRepository, "find" | "change">;
  readonly assertions: Assertions;
  readonly challenges: Pick<Challenges, "issue">;
  readonly box: SecretBox;
  readonly now: () => Date;
}

const TOTP_CODE = /^\d{6}$/;

/** Verifies second factors. Each code and each answer of a passkey counts once, also where it comes twice at once. */
export class SecondFactor {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** How an account's second factor can be proven; `undefined` where it has none. */
  async choice(accountId: Id): Promise<SecondFactorChoice | undefined> {
    const factors = await this.#deps.factors.find(accountId);
    return hasSecondFactor(factors) ? this.#choose(accountId, factors) : undefined;
  }

  /**
   * Call it after the password was right: the verdict tells what factors the account has.
   *
   * @param attempt - Told of what is wrong. That only the password was right must not make it forget earlier failures.
   */
  async prove(
    accountId: Id,
    proof: SecondFactorProof,
    attempt: CodeAttempt,
  ): Promise<SecondFactorVerdict> {
    const factors = await this.#deps.factors.find(accountId);
    if (!hasSecondFactor(factors)) return { kind: "not-needed" };
    if (proof.code === undefined && proof.passkey === undefined) {
      return { kind: "missing", choice: this.#choose(accountId, factors) };
    }
    // Others may have failed since the password was verified.
    await attempt.check();
    const verdict = await this.#verify(accountId, proof);
    if (verdict.kind === "wrong") await attempt.failed();
    return verdict;
  }

  async #verify(accountId: Id, { code, passkey }: SecondFactorProof): Promise<SecondFactorVerdict> {
    return code === undefined
      ? this.#provePasskey(accountId, passkey ?? {})
      : this.#proveCode(accountId, code);
  }

  async #proveCode(accountId: Id, code: string): Promise<SecondFactorVerdict> {
    const digits = code.replace(/\s/g, "");
    const method = TOTP_CODE.test(digits) ? "totp" : "recovery-code";
    const changed = await this.#deps.factors.change(accountId, (factors) =>
      method === "totp"
        ? this.#useTotp(accountId, factors, digits)
        : useRecoveryCode(factors, code),
    );
    return changed === undefined ? { kind: "wrong", what: "code" } : { kind: "proven", method };
  }

  #useTotp(accountId: Id, factors: Factors, code: string): Factors | undefined {
    const { box, now } = this.#deps;
    const { totp } = factors;
    if (totp === null) return undefined;
    const at = now();
    const secret = box.open(totp.secret, accountId);
    const lastStep = acceptedStep(code, { secret, now: at, lastStep: totp.lastStep });
    if (lastStep === undefined) return undefined;
    const renewed = box.renew(totp.secret, accountId);
    return { ...factors, totp: { ...totp, secret: renewed, lastStep, lastUsedAt: at } };
  }

  async #provePasskey(accountId: Id, answer: PasskeyAnswer): Promise<SecondFactorVerdict> {
    const { factors, assertions } = this.#deps;
    const asked = { purpose: "second-factor", holder: accountId } as const;
    const changed = await factors.change(accountId, (found) =>
      assertions.accept(found, answer, asked),
    );
    return changed === undefined
      ? { kind: "wrong", what: "passkey" }
      : { kind: "proven", method: "passkey" };
  }

  #choose(accountId: Id, factors: Factors): SecondFactorChoice {
    const { assertions, challenges } = this.#deps;
    const usable = assertions.usable(factors);
    // A browser is asked for one site: without a configured one, that of the newest passkey.
    const rpId = usable.at(-1)?.rpId;
    const methods: SecondFactorMethod[] = [
      ...(factors.totp === null ? [] : ["totp" as const]),
      ...(factors.recoveryCodes.length === 0 ? [] : ["recovery-code" as const]),
    ];
    if (rpId === undefined) return { methods };
    const challenge = challenges.issue("second-factor", accountId);
    const ofSite = usable.filter((passkey) => passkey.rpId === rpId);
    const passkey = assertionOptions({ id: rpId }, challenge, ofSite);
    return { methods: [...methods, "passkey"], passkey };
  }
}

function useRecoveryCode(factors: Factors, code: string): Factors | undefined {
  const hash = recoveryCodeHash(code);
  if (hash === undefined || !factors.recoveryCodes.includes(hash)) return undefined;
  return { ...factors, recoveryCodes: factors.recoveryCodes.filter((one) => one !== hash) };
}
