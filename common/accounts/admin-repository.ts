import { type Collection, type Db, type Filter, Long, type UpdateFilter } from "mongodb";
import { toOutbox } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";
import {
  type Account,
  accountCollection,
  type AccountDoc,
  type Deletion,
  LINKS_IN_MAILS,
  usernameKey,
} from "./account.js";
import { SHOWN, type ShownFields, toAccount } from "./shown-account.js";
import { accountEvent } from "./events.js";
import type { Role } from "./role.js";
import type { VersionRules } from "./version-rules.js";

/** What an admin may change of an account. What is missing stays as it is. */
export interface AccountChange {
  readonly role?: Role | undefined;
  /** `null` is unlimited. It may be less than what is stored: nothing is removed, and new files are refused. */
  readonly limitBytes?: number | null | undefined;
  readonly isDisabled?: boolean | undefined;
  /** Which earlier versions are kept; `null`: as the installation says. */
  readonly versionRules?: VersionRules | null | undefined;
}

/** What ends an account. One that was deleted before is not changed. */
export interface EndOfAccount {
  readonly isDisabled: true;
  readonly deletion: Deletion;
  /** From when on sessions count, if the account is restored. */
  readonly sessionsValidFrom: Date;
}

/** Which accounts to list, in the order of their usernames. */
export interface AccountQuery {
  /** At most so many. */
  readonly limit: number;
  /** How the `usernameKey` begins; empty for all. */
  readonly prefix: string;
  /** The `usernameKey` of the last account of the page before. */
  readonly after: string | undefined;
}

/** Those who can manage this server. */
const ACTIVE_ADMIN = { role: "admin", isDisabled: false } as const;

/** Accounts as admins see and change them. */
export class AccountsAdminRepository {
  readonly #accounts: Collection<AccountDoc>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
  }

  /** One bounded walk along the index `usernameKey`. */
  async list({ limit, prefix, after }: AccountQuery): Promise<Account[]> {
    const usernameKey = {
      ...(after === undefined ? { $gte: prefix } : { $gt: after }),
      // Usernames are ASCII: no character of one sorts after this.
      ...(prefix !== "" && { $lt: `${prefix}\uFFFF` }),
    };
    const docs = await this.#accounts
      .find<ShownFields>(
        { usernameKey },
        { projection: SHOWN, sort: { usernameKey: 1 }, limit, singleBatch: true, batchSize: limit },
      )
      .toArray();
    return docs.map(toAccount);
  }

  /** Ignoring case; index `usernameKey`. */
  async findByUsername(username: string): Promise<Account | undefined> {
    const doc = await this.#accounts.findOne<ShownFields>(
      { usernameKey: usernameKey(username) },
      { projection: SHOWN },
    );
    return doc === null ? undefined : toAccount(doc);
  }

  /** @returns the account as it was before; `undefined` when it is gone. */
  change(id: Id, change: AccountChange): Promise<Account | undefined> {
    return this.#update({ _id: id }, updateOf(id, change));
  }

  /** {@link change}, for an account that is not an active admin. @returns `undefined` when it is one, or is gone. */
  changeUnlessActiveAdmin(
    id: Id,
    change: AccountChange | EndOfAccount,
  ): Promise<Account | undefined> {
    const isNoAdmin = [{ role: { $ne: "admin" as const } }, { isDisabled: true }];
    return this.#update({ _id: id, $or: isNoAdmin, ...conditionOf(change) }, updateOf(id, change));
  }

  /** Announces that an active admin will cease to be one. The latest announcement counts. @returns whether it is one. */
  async announceLeave(id: Id, token: Id, at: Date): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: id, ...ACTIVE_ADMIN },
      { $set: { leavingAdmins: { token, at } } },
    );
    return matchedCount === 1;
  }

  /** @returns `undefined` when the announcement was withdrawn or replaced. */
  leave(id: Id, token: Id, change: AccountChange | EndOfAccount): Promise<Account | undefined> {
    const filter = { _id: id, ...ACTIVE_ADMIN, "leavingAdmins.token": token };
    const { $unset, ...update } = updateOf(id, change);
    return this.#update(
      { ...filter, ...conditionOf(change) },
      { ...update, $unset: { ...$unset, leavingAdmins: 1 } },
    );
  }

  async withdrawLeave(id: Id, token: Id): Promise<void> {
    await this.#accounts.updateOne(
      { _id: id, "leavingAdmins.token": token },
      { $unset: { leavingAdmins: 1 } },
    );
  }

  /** Withdraws what crashed processes have announced. Index `admins`. */
  async withdrawLeavesBefore(before: Date): Promise<void> {
    await this.#accounts.updateMany(
      { ...ACTIVE_ADMIN, "leavingAdmins.at": { $lt: before } },
      { $unset: { leavingAdmins: 1 } },
    );
  }

  /** Whether another active admin exists who has not announced to leave. Index `admins`. */
  async hasStayingAdmin(besidesId?: Id): Promise<boolean> {
    const found = await this.#accounts.findOne(
      {
        ...ACTIVE_ADMIN,
        leavingAdmins: { $exists: false },
        ...(besidesId !== undefined && { _id: { $ne: besidesId } }),
      },
      { projection: { _id: 1 } },
    );
    return found !== null;
  }

  /** The ids of some active admins. Index `admins`. */
  async listActiveAdmins(limit: number): Promise<Id[]> {
    const options = { projection: { _id: 1 }, limit, batchSize: limit };
    const found = await this.#accounts.find<{ _id: Id }>(ACTIVE_ADMIN, options).toArray();
    return found.map(({ _id }) => _id);
  }

  /** Whether any account is an admin, disabled or not. Index `admins`. */
  async hasAdmin(): Promise<boolean> {
    return (await this.#accounts.findOne({ role: "admin" }, { projection: { _id: 1 } })) !== null;
  }

  async #update(filter: Filter<AccountDoc>, update: UpdateFilter<AccountDoc>) {
    const doc = await this.#accounts.findOneAndUpdate(filter, update, {
      returnDocument: "before",
      projection: SHOWN,
    });
    return doc === null ? undefined : toAccount(doc);
  }
}

const conditionOf = (change: AccountChange | EndOfAccount) =>
  "deletion" in change ? { "deletion.id": { $exists: false } } : {};

function updateOf(id: Id, change: AccountChange | EndOfAccount): UpdateFilter<AccountDoc> {
  const $push = toOutbox([accountEvent(id, namesOf(change))]);
  if (!("deletion" in change)) return { $set: fieldsOf(change), $push };
  const { sessionsValidFrom, ...fields } = change;
  return { $set: fields, $max: { sessionsValidFrom }, $unset: LINKS_IN_MAILS, $push };
}

const namesOf = (change: AccountChange | EndOfAccount): string[] =>
  Object.entries(change)
    .filter(([name, value]) => value !== undefined && name !== "sessionsValidFrom")
    .map(([name]) => name);

function fieldsOf({ role, limitBytes, isDisabled, versionRules }: AccountChange) {
  return {
    ...(role !== undefined && { role }),
    ...(limitBytes !== undefined && {
      "limits.bytes": limitBytes === null ? null : Long.fromNumber(limitBytes),
    }),
    ...(isDisabled !== undefined && { isDisabled }),
    ...(versionRules !== undefined && { versionRules }),
  };
}
