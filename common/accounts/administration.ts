import { decodeCursor, pageOf } from "../platform/cursor.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import { type Account, usernameKey } from "./account.js";
import type { AccountChange, AccountsAdminRepository, EndOfAccount } from "./admin-repository.js";
import { LastAdminError } from "./errors.js";

/** An announcement that is older was left behind by a process that crashed. */
const ANNOUNCED_FOR_MS = 60_000;

/** A page of accounts, in the order of their usernames, ignoring case. */
export interface AccountPage {
  readonly items: readonly Account[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

interface Deps {
  readonly accounts: AccountsAdminRepository;
  readonly now: () => Date;
}

/** What admins do with the accounts of others. */
export class AccountAdministration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param query - `username`: how the username begins, ignoring case.
   * @throws InvalidCursorError
   */
  async list(query: {
    readonly limit: number;
    readonly username?: string | undefined;
    readonly cursor?: string | undefined;
  }): Promise<AccountPage> {
    const { limit, username = "", cursor } = query;
    const prefix = usernameKey(username);
    const list = ["accounts", prefix];
    const after = cursor === undefined ? undefined : decodeCursor(list, "string", cursor).value;
    const found = await this.#deps.accounts.list({
      limit: limit + 1,
      prefix,
      after: after === undefined ? undefined : String(after),
    });
    return pageOf(found, {
      limit,
      list,
      positionOf: ({ username, id }) => ({ value: usernameKey(username), id }),
    });
  }

  /** Whether any account is an admin, disabled or not. */
  hasAdmin(): Promise<boolean> {
    return this.#deps.accounts.hasAdmin();
  }

  /** Ignoring case. */
  findByUsername(username: string): Promise<Account | undefined> {
    return this.#deps.accounts.findByUsername(username);
  }

  /**
   * Changes role, limit or whether an account is disabled; from the next request on, on every web process.
   *
   * @returns the account as it was before.
   * @throws {@link NotFoundError}
   * @throws {@link LastAdminError} when nobody would be left who can manage the server.
   */
  async change(id: Id, change: AccountChange): Promise<Account> {
    const { role = "admin", isDisabled = false } = change;
    const staysAdmin = role === "admin" && !isDisabled;
    const before = staysAdmin
      ? await this.#deps.accounts.change(id, change)
      : await this.#withoutAdmin(id, change);
    if (before === undefined) throw new NotFoundError("account");
    return before;
  }

  /**
   * Ends an account that was not deleted before.
   *
   * @returns whether it was there.
   * @throws {@link LastAdminError} when nobody would be left who can manage the server.
   */
  async end(id: Id, end: EndOfAccount): Promise<boolean> {
    return (await this.#withoutAdmin(id, end)) !== undefined;
  }

  /**
   * A change after which the account is no active admin. An admin leaves in three steps: it announces that, looks for an admin who has not
   * announced it, and leaves while its announcement stands. If all admins announce it at the same moment, none of them finds another one,
   * so at least one stays.
   */
  async #withoutAdmin(id: Id, change: AccountChange | EndOfAccount): Promise<Account | undefined> {
    const { accounts, now } = this.#deps;
    for (;;) {
      const changed = await accounts.changeUnlessActiveAdmin(id, change);
      if (changed !== undefined) return changed;
      const [token, at] = [newId(), now()];
      if (!(await accounts.announceLeave(id, token, at))) {
        // Gone, or no active admin any more.
        return accounts.changeUnlessActiveAdmin(id, change);
      }
      await accounts.withdrawLeavesBefore(new Date(at.getTime() - ANNOUNCED_FOR_MS));
      if (!(await accounts.hasStayingAdmin(id))) {
        await accounts.withdrawLeave(id, token);
        throw new LastAdminError();
      }
      const left = await accounts.leave(id, token, change);
      if (left !== undefined) return left;
    }
  }
}
