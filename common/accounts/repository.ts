import { type Collection, type Db, type IndexDescription, Long } from "mongodb";
import { toOutbox } from "../events/outbox.js";
import type { Id } from "../platform/ids.js";
import { documentLoader } from "../platform/batch-loader.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { isDuplicateKey } from "../platform/mongo-errors.js";
import type { Role } from "./role.js";
import {
  type Account,
  accountCollection,
  type AccountDoc,
  LINKS_IN_MAILS,
  usernameKey,
} from "./account.js";
import { accountEvent } from "./events.js";
import { SHOWN, type ShownFields, toAccount } from "./shown-account.js";

/** The indexes of `accounts`; the release process creates them. */
export const accountIndexes: readonly IndexDescription[] = [
  { name: "usernameKey", key: { usernameKey: 1 }, unique: true },
  {
    name: "emailKey",
    key: { emailKey: 1 },
    unique: true,
    partialFilterExpression: { emailKey: { $exists: true } },
  },
  {
    name: "admins",
    key: { role: 1, isDisabled: 1 },
    partialFilterExpression: { role: "admin" },
  },
];

export interface NewAccount {
  readonly id: Id;
  readonly username: string;
  /** `null` where nobody can sign in with a password. */
  readonly passwordHash: string | null;
  readonly role: Role;
  readonly createdAt: Date;
  readonly rootFolderId: Id;
  /** `null` is unlimited. */
  readonly limitBytes: number | null;
}

/** A new password, and from when on sessions count. */
interface NewPassword {
  readonly id: Id;
  readonly from: Date;
  readonly to: Date;
  readonly passwordHash: string;
}

/** A new username, and from when on sessions count. */
interface NewUsername {
  readonly id: Id;
  readonly from: Date;
  readonly to: Date;
  readonly username: string;
}

/** Each takes some 300 bytes. */
const ACCOUNTS_PER_QUERY = 128;

/** Accounts in MongoDB. */
export class AccountsRepository {
  readonly #accounts: Collection<AccountDoc>;
  readonly #find: (key: Pick<AccountDoc, "_id">) => Promise<ShownFields | undefined>;

  constructor(db: Db) {
    this.#accounts = accountCollection(db);
    this.#find = documentLoader<Pick<AccountDoc, "_id">, ShownFields, AccountDoc>({
      collection: this.#accounts,
      queryOf: (keys) => ({
        filter: { _id: { $in: keys.map(({ _id }) => _id) } },
        projection: SHOWN,
        promoteLongs: false,
      }),
      keyOf: ({ _id }) => _id,
      maxBatchSize: ACCOUNTS_PER_QUERY,
    });
  }

  /** Resolves to `undefined` when the username is taken: the index `usernameKey` decides between two at once. */
  async insert(account: NewAccount): Promise<Account | undefined> {
    const doc = newDoc(account);
    return (await insertUnlessTaken(this.#accounts, doc)) ? toAccount(doc) : undefined;
  }

  /** Resolves to `undefined` when the account is gone. */
  async findById(id: Id): Promise<Account | undefined> {
    const doc = await this.#find({ _id: id });
    return doc === undefined ? undefined : toAccount(doc);
  }

  /** The account and its password hash, by username ignoring case; index `usernameKey`. */
  async findWithPassword(username: string) {
    const doc = await this.#accounts.findOne({ usernameKey: usernameKey(username) });
    return doc === null
      ? undefined
      : { account: toAccount(doc), passwordHash: doc.passwordHash ?? undefined };
  }

  /** The username and the password hash; `undefined` when the account is gone. */
  async findPassword(id: Id) {
    const projection = { username: 1, passwordHash: 1 };
    const doc = await this.#accounts.findOne({ _id: id }, { projection });
    return doc === null
      ? undefined
      : { username: doc.username, passwordHash: doc.passwordHash ?? undefined };
  }

  /** Compare-and-set: a hash that another request changed first stays as it is. */
  async replacePasswordHash({ id, from, to }: { id: Id; from: string; to: string }): Promise<void> {
    await this.#accounts.updateOne({ _id: id, passwordHash: from }, { $set: { passwordHash: to } });
  }

  /**
   * Compare-and-set: resolves to `false` when another request has ended the sessions first, as each change of the password does.
   */
  async replacePassword({ id, from, to, passwordHash }: NewPassword): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: id, sessionsValidFrom: from },
      { $set: { passwordHash, sessionsValidFrom: to }, $unset: LINKS_IN_MAILS },
    );
    return matchedCount === 1;
  }

  /**
   * Compare-and-set: `ended` when another request has ended the sessions first, as each change of the username does. The index `usernameKey`
   * decides between two at once.
   */
  async changeUsername({ id, from, to, username }: NewUsername) {
    const set = { username, usernameKey: usernameKey(username), sessionsValidFrom: to };
    try {
      const { matchedCount } = await this.#accounts.updateOne(
        { _id: id, sessionsValidFrom: from },
        { $set: set, $push: toOutbox([accountEvent(id, ["username"])]) },
      );
      return matchedCount === 1 ? ("changed" as const) : ("ended" as const);
    } catch (error) {
      if (isDuplicateKey(error)) return "taken" as const;
      throw error;
    }
  }

  /** Compare-and-set: resolves to `false` when another request changed it first. */
  async setSessionsValidFrom({ id, from, to }: { id: Id; from: Date; to: Date }): Promise<boolean> {
    const { matchedCount } = await this.#accounts.updateOne(
      { _id: id, sessionsValidFrom: from },
      { $set: { sessionsValidFrom: to } },
    );
    return matchedCount === 1;
  }
}

function newDoc({ id, username, limitBytes, createdAt, ...rest }: NewAccount) {
  return {
    _id: id,
    username,
    usernameKey: usernameKey(username),
    ...rest,
    isDisabled: false,
    createdAt,
    sessionsValidFrom: createdAt,
    limits: { bytes: limitBytes === null ? null : Long.fromNumber(limitBytes) },
    usage: { bytes: Long.ZERO, files: Long.ZERO },
    allocatedBytes: Long.ZERO,
    reservations: [],
    releases: [],
    tree: { revision: Long.ZERO, pendingMove: null },
    revision: Long.ZERO,
  } satisfies AccountDoc;
}
