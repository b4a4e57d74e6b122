import type { SecondFactor, SecondFactorProof } from "../factors/second-factor.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { Account } from "./account.js";
import type { ProofMethod, Role } from "./role.js";
import { InvalidCredentialsError, UnauthenticatedError, UsernameTakenError } from "./errors.js";
import type { Guesses } from "./guesses.js";
import type { NewPasswords } from "./new-passwords.js";
import type { Passwords } from "./passwords.js";
import { proveSecondFactor } from "./prove-second-factor.js";
import { refuseInactive } from "./refuse-inactive.js";
import type { AccountsRepository } from "./repository.js";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What somebody signs in with. */
export interface SignInProof extends Credentials, SecondFactorProof {}

/** Who signed in, and from when on the session counts. */
export interface SignIn {
  readonly account: Account;
  readonly signedInAt: Date;
  /** What the person has proven, the first first. */
  readonly methods: readonly ProofMethod[];
}

/** What a session remembers of a {@link SignIn}. */
export interface SessionClaim {
  readonly accountId: Id;
  readonly signedInAt: Date;
}

/** Who waits for a sign-in. */
export interface SignInOptions {
  /** The client's address. */
  readonly address: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** Whether the account may be one that is to be deleted: its owner wants to restore it. Default: not. */
  readonly isRestoring?: boolean;
}

/** How an account is made, and what it may do. */
export interface RegistrationOptions {
  /** The client's address: an account is known on the network that it was made from. */
  readonly address?: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** What `insert` runs in: it begins the session first, and ends it if `insert` fails. By default there is no session. */
  readonly within?: (claim: SessionClaim, insert: () => Promise<Account>) => Promise<Account>;
  /** Default: `member`. */
  readonly role?: Role;
  /** What it may store, in bytes; `null` is unlimited. Default: `DEFAULT_QUOTA_BYTES`. */
  readonly limitBytes?: number | null;
}

interface PasswordChange {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  readonly within?: (claim: SessionClaim, change: () => Promise<void>) => Promise<void>;
}

interface Deps {
  readonly accounts: AccountsRepository;
  readonly passwords: Pick<Passwords, "verify">;
  readonly newPasswords: Pick<NewPasswords, "hash">;
  readonly guesses: Pick<Guesses, "attempt">;
  readonly secondFactor: Pick<SecondFactor, "prove">;
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
   * Makes an account. The caller has checked username and password (`isUsername`, `passwordFault`).
   *
   * @throws InvalidRequestError when the password is easy to guess.
   * @throws {@link UsernameTakenError} when another account has the username, ignoring case.
   * @throws BusyError when too many passwords are being hashed.
   */
  async register(
    { username, password }: Credentials,
    {
      address,
      signal,
      within = (_claim, insert) => insert(),
      role,
      limitBytes,
    }: RegistrationOptions = {},
  ): Promise<Account> {
    const { accounts, newPasswords, guesses, defaultQuotaBytes, now } = this.#deps;
    const account = {
      id: newId(),
      username,
      passwordHash: await newPasswords.hash(password, { username, field: "password", signal }),
      role: role ?? "member",
      createdAt: now(),
      rootFolderId: newId(),
      limitBytes: limitBytes === undefined ? defaultQuotaBytes : limitBytes,
    };
    // The session comes first: without its account it signs nobody in, but an account that is left behind takes the username.
    const claim = { accountId: account.id, signedInAt: account.createdAt };
    const registered = await within(claim, async () => {
      const inserted = await accounts.insert(account);
      if (inserted === undefined) throw new UsernameTakenError();
      return inserted;
    });
    // The account is made: the next sign-in writes it, if this fails.
    const attempt = address === undefined ? undefined : guesses.attempt({ username, address });
    await attempt?.succeeded().catch(() => undefined);
    return registered;
  }

  /**
   * Verifies a password, and the second factor where the account has one. A hash with outdated parameters is replaced.
   *
   * @throws TooManyAttemptsError when too many have failed, whether or not there is such an account. The password is not verified then.
   * @throws AccountDeletedError and AccountDisabledError after the right password.
   * @throws SecondFactorRequiredError, InvalidCodeError and InvalidPasskeyError after the right password.
   * @throws {@link InvalidCredentialsError} for an unknown username and a wrong password alike, after the same work.
   * @throws BusyError when too many passwords are being hashed.
   */
  async signIn(
    { username, password, ...proof }: SignInProof,
    { address, signal, ...options }: SignInOptions,
  ): Promise<SignIn> {
    const { accounts, passwords, secondFactor, guesses, now } = this.#deps;
    const attempt = guesses.attempt({ username, address });
    await attempt.check();
    // Taken before the account is read: whatever ends its sessions after that also ends this one.
    const startedAt = now();
    const found = await accounts.findWithPassword(username);
    const { isCorrect, upgradedHash } = await passwords.verify(password, found?.passwordHash, {
      signal,
      attempt,
    });
    if (found === undefined || !isCorrect) throw new InvalidCredentialsError(found?.account.id);
    refuseInactive(found.account, options);

    const { account, passwordHash: from } = found;
    if (upgradedHash !== undefined && from !== undefined) {
      await accounts.replacePasswordHash({ id: account.id, from, to: upgradedHash });
    }
    const second = await proveSecondFactor(secondFactor, { accountId: account.id, proof, attempt });
    await attempt.succeeded();
    const signedInAt = later(startedAt, account.sessionsValidFrom);
    return { account, signedInAt, methods: ["password", ...second] };
  }

  async exists(accountId: Id): Promise<boolean> {
    return (await this.#deps.accounts.findById(accountId)) !== undefined;
  }

  /** @throws {@link NotFoundError} */
  async find(accountId: Id): Promise<Account> {
    const account = await this.#deps.accounts.findById(accountId);
    if (account === undefined) throw new NotFoundError("account");
    return account;
  }

  /**
   * Whose a session or a family of tokens is; `undefined` when the account is gone or disabled, or what began then was ended since.
   */
  async findSignedIn({ accountId, signedInAt }: SessionClaim): Promise<Account | undefined> {
    const account = await this.findActive(accountId);
    return account === undefined || signedInAt < account.sessionsValidFrom ? undefined : account;
  }

  /** An account that may do something; `undefined` when it is gone or disabled. */
  async findActive(accountId: Id): Promise<Account | undefined> {
    const account = await this.#deps.accounts.findById(accountId);
    return account?.isDisabled === false && account.deletion === null ? account : undefined;
  }

  /**
   * Changes the password of an account that is known to be the asker's. What it has signed in for ends on every web process, from the next request on; API keys stay.
   *
   * @param account - As it was when the request was authenticated, before the old password was verified.
   * @param within - What the change runs in: it begins a new session, and ends it if the change fails. Default: no session.
   * @throws InvalidRequestError when the new password is easy to guess.
   * @throws {@link UnauthenticatedError} when the password was changed meanwhile, or the sessions were ended.
   * @throws BusyError when too many passwords are being hashed.
   */
  async changePassword(
    { id, username, sessionsValidFrom: from }: Account,
    newPassword: string,
    { signal, within = (_claim, change) => change() }: PasswordChange = {},
  ): Promise<Date> {
    const { accounts, newPasswords, now } = this.#deps;
    const use = { username, field: "newPassword", signal } as const;
    const passwordHash = await newPasswords.hash(newPassword, use);
    const to = justAfter(later(now(), from));
    await within({ accountId: id, signedInAt: to }, async () => {
      const isChanged = await accounts.replacePassword({ id, from, to, passwordHash });
      if (!isChanged) throw new UnauthenticatedError("The session has ended meanwhile");
    });
    return to;
  }

  /**
   * Ends every session of an account, on every web process, from the next request on.
   *
   * @throws {@link NotFoundError}
   */
  async endSessions(accountId: Id): Promise<void> {
    for (;;) {
      const { sessionsValidFrom: from } = await this.find(accountId);
      const to = justAfter(later(this.#deps.now(), from));
      if (await this.#deps.accounts.setSessionsValidFrom({ id: accountId, from, to })) return;
    }
  }
}

/** One millisecond later, so that a session which began in this millisecond ends as well. */
const justAfter = (instant: Date) => new Date(instant.getTime() + 1);

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
