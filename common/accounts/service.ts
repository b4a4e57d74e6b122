import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { Account } from "./account.js";
import { InvalidCredentialsError, UsernameTakenError } from "./errors.js";
import type { Passwords } from "./passwords.js";
import type { AccountsRepository } from "./repository.js";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Who signed in, and from when on the session counts. */
export interface SignIn {
  readonly account: Account;
  readonly signedInAt: Date;
}

/** What a session remembers of a {@link SignIn}. */
export interface SessionClaim {
  readonly accountId: Id;
  readonly signedInAt: Date;
}

interface Deps {
  readonly accounts: AccountsRepository;
  readonly passwords: Pick<Passwords, "hash" | "verify">;
  /** What a new account may store, in bytes; `null` is unlimited. */
  readonly defaultQuotaBytes: number | null;
  readonly now: () => Date;
}

/** Registration, sign-in, and whose a session is. */
export class Accounts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes an account and signs it in. The caller has checked username and password (`isUsername`, `passwordFault`).
   *
   * @throws {@link UsernameTakenError} when another account has the username, ignoring case.
   * @throws BusyError when too many passwords are being hashed.
   */
  async register({ username, password }: Credentials): Promise<SignIn> {
    const { accounts, passwords, defaultQuotaBytes, now } = this.#deps;
    const account = await accounts.insert({
      id: newId(),
      username,
      passwordHash: await passwords.hash(password),
      createdAt: now(),
      rootFolderId: newId(),
      limitBytes: defaultQuotaBytes,
    });
    if (account === undefined) throw new UsernameTakenError();
    return { account, signedInAt: account.createdAt };
  }

  /**
   * Verifies a password. A hash with outdated parameters is replaced.
   *
   * @throws {@link InvalidCredentialsError} for an unknown username and a wrong password alike, after the same work.
   * @throws BusyError when too many passwords are being hashed.
   */
  async signIn({ username, password }: Credentials): Promise<SignIn> {
    const { accounts, passwords, now } = this.#deps;
    // Taken before the account is read: whatever ends its sessions after that also ends this one.
    const startedAt = now();
    const found = await accounts.findWithPassword(username);
    const { isCorrect, upgradedHash } = await passwords.verify(password, found?.passwordHash);
    if (found === undefined || !isCorrect) throw new InvalidCredentialsError();

    const { account, passwordHash: from } = found;
    if (upgradedHash !== undefined) {
      await accounts.replacePasswordHash({ id: account.id, from, to: upgradedHash });
    }
    return { account, signedInAt: later(startedAt, account.sessionsValidFrom) };
  }

  /** @throws {@link NotFoundError} */
  async find(accountId: Id): Promise<Account> {
    const account = await this.#deps.accounts.findById(accountId);
    if (account === undefined) throw new NotFoundError("account");
    return account;
  }

  /** Whose a session is; `undefined` when the account is gone or its sessions were ended since. */
  async findSignedIn({ accountId, signedInAt }: SessionClaim): Promise<Account | undefined> {
    const account = await this.#deps.accounts.findById(accountId);
    return account === undefined || signedInAt < account.sessionsValidFrom ? undefined : account;
  }

  /**
   * Ends every session of an account, on every web process, from the next request on.
   *
   * @throws {@link NotFoundError}
   */
  async endSessions(accountId: Id): Promise<void> {
    for (;;) {
      const { sessionsValidFrom: from } = await this.find(accountId);
      // One millisecond later, so that a session which began in this millisecond ends as well.
      const to = new Date(later(this.#deps.now(), from).getTime() + 1);
      if (await this.#deps.accounts.setSessionsValidFrom({ id: accountId, from, to })) return;
    }
  }
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
