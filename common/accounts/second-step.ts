import type { SecondFactor, SecondFactorProof } from "../factors/second-factor.js";
import type { Id } from "../platform/ids.js";
import { UnauthenticatedError } from "./errors.js";
import type { Guesses } from "./guesses.js";
import { proveSecondFactor } from "./prove-second-factor.js";
import { refuseInactive } from "./refuse-inactive.js";
import type { AccountsRepository } from "./repository.js";
import type { ProofMethod } from "./role.js";
import type { SignIn } from "./service.js";

/** A sign-in that lacks the second factor. */
export interface FirstStep {
  readonly accountId: Id;
  /** When it began. Whatever ends the account's sessions after that also ends it. */
  readonly signedInAt: Date;
  readonly methods: readonly ProofMethod[];
  /** Whether the account may be one that is to be deleted. */
  readonly isRestoring: boolean;
}

interface Deps {
  readonly accounts: Pick<AccountsRepository, "findById">;
  readonly secondFactor: Pick<SecondFactor, "choice" | "prove">;
  readonly guesses: Pick<Guesses, "attempt">;
}

/** The second factor after another first one than the password. */
export class SecondStep {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** How the account's second factor can be proven; `undefined` where it has none. */
  choice(accountId: Id) {
    return this.#deps.secondFactor.choice(accountId);
  }

  /**
   * @throws {@link UnauthenticatedError} when the account's sessions were ended since the first step.
   * @throws AccountDisabledError, AccountDeletedError, TooManyAttemptsError, SecondFactorRequiredError, InvalidCodeError, InvalidPasskeyError.
   */
  async complete(
    { accountId, signedInAt, methods, isRestoring }: FirstStep,
    proof: SecondFactorProof,
    address: string,
  ): Promise<SignIn> {
    const { accounts, secondFactor, guesses } = this.#deps;
    const account = await accounts.findById(accountId);
    if (account === undefined || signedInAt < account.sessionsValidFrom) {
      throw new UnauthenticatedError("The sign-in has ended meanwhile; begin again");
    }
    refuseInactive(account, { isRestoring });
    const attempt = guesses.attempt({ username: account.username, address });
    await attempt.check();
    const second = await proveSecondFactor(secondFactor, { accountId, proof, attempt });
    if (second.length > 0) await attempt.succeeded();
    return { account, signedInAt, methods: [...methods, ...second] };
  }
}
