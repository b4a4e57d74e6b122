import type { Passkeys } from "../factors/passkeys.js";
import type { PasskeyAnswer } from "../factors/webauthn.js";
import { InvalidPasskeyError } from "./errors.js";
import type { Guesses } from "./guesses.js";
import type { AccountsRepository } from "./repository.js";
import { refuseInactive } from "./refuse-inactive.js";
import type { SignIn } from "./service.js";

interface Deps {
  readonly accounts: Pick<AccountsRepository, "findById">;
  readonly passkeys: Pick<Passkeys, "proveAlone">;
  readonly guesses: Pick<Guesses, "attempt">;
  readonly now: () => Date;
}

/** Where an answer comes from. */
interface Origin {
  /** The secret of the browser that the challenge was given to. */
  readonly browser: string;
  /** The client's address. */
  readonly address: string;
}

/** Sign-in with a passkey and nothing else: it is something that a person has, and is unlocked by what the person knows or is. */
export class PasskeySignIn {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Nobody guesses the answer of a passkey, so failures are not counted.
   *
   * @throws {@link InvalidPasskeyError}
   * @throws AccountDisabledError and AccountDeletedError after a valid answer.
   */
  async signIn(answer: PasskeyAnswer, { browser, address }: Origin): Promise<SignIn> {
    const { accounts, passkeys, guesses, now } = this.#deps;
    // As for a password: whatever ends the account's sessions after this also ends the new one.
    const startedAt = now();
    const accountId = await passkeys.proveAlone(answer, browser);
    if (accountId === undefined) throw new InvalidPasskeyError();
    const account = await accounts.findById(accountId);
    if (account === undefined) throw new InvalidPasskeyError();
    refuseInactive(account);
    const { username, sessionsValidFrom } = account;
    await guesses.attempt({ username, address }).succeeded();
    const signedInAt = startedAt > sessionsValidFrom ? startedAt : sessionsValidFrom;
    return { account, signedInAt, methods: ["passkey"] };
  }
}
