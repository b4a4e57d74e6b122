import type { SecondFactor, SecondFactorProof } from "../factors/second-factor.js";
import { InvalidRequestError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import {
  ReauthenticationFailedError,
  ReauthenticationRequiredError,
  SignInAgainError,
} from "./errors.js";
import type { Guesses } from "./guesses.js";
import type { Passwords } from "./passwords.js";
import type { AccountsRepository } from "./repository.js";
import type { ProofMethod } from "./role.js";

/** What a person proves again before a dangerous change. */
export interface Confirmation extends SecondFactorProof {
  readonly password?: string | undefined;
}

export interface ConfirmOptions {
  readonly needsPassword: boolean;
  /** What the request calls the password. Default: `password`. */
  readonly passwordField?: string;
  /** The client's address. */
  readonly address: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** What the request was made with: it counts where the account has no password. */
  readonly credential?: SignedInBy;
}

/** How a person has signed in. */
interface SignedInBy {
  readonly methods: readonly ProofMethod[];
  readonly signedInAt?: Date;
}

/** So long a sign-in with an OpenID provider takes the place of a password. */
const FRESH_MS = 10 * 60_000;

interface Deps {
  readonly accounts: Pick<AccountsRepository, "findPassword">;
  readonly passwords: Pick<Passwords, "verify">;
  readonly secondFactor: Pick<SecondFactor, "prove">;
  readonly guesses: Pick<Guesses, "attempt">;
  readonly now: () => Date;
}

/**
 * Asks a signed-in person once more who it is, before changes that a stolen session must not make: of the password or the second factor, a new API
 * key, the deletion of the account.
 */
export class Reauthentication {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The password, where the change asks for it, must be the account's. Of an account without one, the person must have signed in with
   * an OpenID provider in the last ten minutes. Then the second factor is asked for, where the account has one.
   *
   * @throws InvalidRequestError where the account has a password and the request has none.
   * @throws {@link ReauthenticationFailedError}, {@link SignInAgainError}
   * @throws {@link ReauthenticationRequiredError} when the second factor is missing.
   * @throws TooManyAttemptsError when too many were wrong: passwords and codes are not guessed here either.
   * @throws BusyError when too many passwords are being hashed.
   */
  async confirm(
    accountId: Id,
    { password, ...proof }: Confirmation,
    { needsPassword, passwordField, address, signal, credential }: ConfirmOptions,
  ): Promise<void> {
    const { accounts, passwords, secondFactor, guesses } = this.#deps;
    const found = await accounts.findPassword(accountId);
    const attempt = guesses.attempt({ username: found?.username ?? accountId, address });
    await attempt.check();
    const hasNoPassword = found !== undefined && found.passwordHash === undefined;
    if (needsPassword && hasNoPassword) this.#requireFresh(credential);
    else if (needsPassword) {
      if (password === undefined) throw missing(passwordField);
      const options = { signal, attempt };
      const { isCorrect } = await passwords.verify(password, found?.passwordHash, options);
      if (!isCorrect) throw new ReauthenticationFailedError();
    }
    const verdict = await secondFactor.prove(accountId, proof, attempt);
    if (verdict.kind === "missing") throw new ReauthenticationRequiredError(verdict.choice);
    if (verdict.kind === "wrong") throw new ReauthenticationFailedError(verdict.what);
    // Where nothing was asked for, nothing was right.
    if (needsPassword || verdict.kind === "proven") await attempt.succeeded();
  }

  /** A person who has just signed in with an OpenID provider has proven as much. @throws {@link SignInAgainError} */
  #requireFresh({ methods, signedInAt }: SignedInBy = { methods: [] }): void {
    const ageMs = this.#deps.now().getTime() - (signedInAt?.getTime() ?? 0);
    if (!methods.includes("oidc") || ageMs > FRESH_MS) throw new SignInAgainError();
  }
}

function missing(field = "password"): InvalidRequestError {
  const detail = `${field} is required: the account has one`;
  return new InvalidRequestError([{ in: "body", pointer: `/${field}`, detail }]);
}
