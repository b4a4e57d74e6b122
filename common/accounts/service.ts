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

/** Who is signed in, and what they may store. */
export interface SignedIn {
  readonly id: Id;
  readonly username: string;
  readonly rootFolderId: Id;
  /** In bytes; `null` is unlimited. */
  readonly limitBytes: number | null;
}

/** Registration, sign-in, and whose a session is. */
export interface Accounts {
  /**
   * Makes an account and signs it in. Which usernames and passwords may be chosen, the caller has checked
   * (`isUsername`, `passwordFault`).
   *
   * @throws {@link UsernameTakenError} when somebody has the username, ignoring case.
   * @throws {@link BusyError} when too many passwords are being hashed.
   */
  register(credentials: Credentials): Promise<SignIn>;

  /**
   * Verifies a password; one whose hash has other parameters than today's is hashed anew.
   *
   * @throws {@link InvalidCredentialsError} for an unknown username and a wrong password alike, after the same work.
   * @throws {@link BusyError} when too many passwords are being hashed.
   */
  signIn(credentials: Credentials): Promise<SignIn>;

  /** @throws {@link NotFoundError} */
  find(accountId: Id): Promise<Account>;

  /** Whose a session is; `undefined` when the account is gone or its sessions were ended since. */
  findSignedIn(claim: SessionClaim): Promise<SignedIn | undefined>;

  /**
   * Ends every session that has begun, on every web process, from their next request on.
   *
   * @throws {@link NotFoundError}
   */
  endSessions(accountId: Id): Promise<void>;
}

interface Deps {
  readonly accounts: AccountsRepository;
  readonly passwords: Passwords;
  /** What a new account may store, in bytes; `null` is unlimited. */
  readonly defaultQuotaBytes: number | null;
  readonly now: () => Date;
}

export function createAccounts(deps: Deps): Accounts {
  const { accounts, passwords, defaultQuotaBytes, now } = deps;
  return {
    async register({ username, password }) {
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
    },

    signIn: (credentials) => signIn(deps, credentials),

    find: (accountId) => find(deps, accountId),

    async findSignedIn({ accountId, signedInAt }) {
      const identity = await accounts.findIdentity(accountId);
      if (identity === undefined || signedInAt < identity.sessionsValidFrom) return undefined;
      const { username, rootFolderId, limits } = identity;
      const limitBytes = limits.bytes === null ? null : Number(limits.bytes);
      return { id: accountId, username, rootFolderId, limitBytes };
    },

    endSessions: (accountId) => endSessions(deps, accountId),
  };
}

async function signIn({ accounts, passwords, now }: Deps, { username, password }: Credentials) {
  // Taken before the account is read: whatever ends the sessions after that reading ends this one, too.
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

async function find({ accounts }: Deps, accountId: Id) {
  const account = await accounts.findById(accountId);
  if (account === undefined) throw new NotFoundError("account");
  return account;
}

async function endSessions(deps: Deps, accountId: Id) {
  for (;;) {
    const { sessionsValidFrom: from } = await find(deps, accountId);
    // One millisecond on, so that a session which began in this very millisecond ends as well.
    const to = new Date(later(deps.now(), from).getTime() + 1);
    if (await deps.accounts.setSessionsValidFrom({ id: accountId, from, to })) return;
  }
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
