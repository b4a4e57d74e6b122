import { type Collection, type Db, type IndexDescription, Long } from "mongodb";
import type { Id } from "../platform/ids.js";
import { documentLoader } from "../platform/batch-loader.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { type Account, accountCollection, type AccountDoc, usernameKey } from "./account.js";

/** The indexes of `accounts`; the release process creates them. */
export const accountIndexes: readonly IndexDescription[] = [
  { name: "usernameKey", key: { usernameKey: 1 }, unique: true },
];

export interface NewAccount {
  readonly id: Id;
  readonly username: string;
  readonly passwordHash: string;
  readonly createdAt: Date;
  readonly rootFolderId: Id;
  /** `null` is unlimited. */
  readonly limitBytes: number | null;
}

/** What the rest of the product sees of an account. */
const SHOWN = {
  username: 1,
  createdAt: 1,
  sessionsValidFrom: 1,
  rootFolderId: 1,
  limits: 1,
  usage: 1,
  allocatedBytes: 1,
} as const;
type ShownFields = Pick<AccountDoc, "_id" | keyof typeof SHOWN>;

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
    return doc === null ? undefined : { account: toAccount(doc), passwordHash: doc.passwordHash };
  }

  /** Compare-and-set: a hash that another request changed first stays as it is. */
  async replacePasswordHash({ id, from, to }: { id: Id; from: string; to: string }): Promise<void> {
    await this.#accounts.updateOne({ _id: id, passwordHash: from }, { $set: { passwordHash: to } });
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

function newDoc({ id, username, passwordHash, createdAt, rootFolderId, limitBytes }: NewAccount) {
  return {
    _id: id,
    username,
    usernameKey: usernameKey(username),
    passwordHash,
    createdAt,
    sessionsValidFrom: createdAt,
    rootFolderId,
    limits: { bytes: limitBytes === null ? null : Long.fromNumber(limitBytes) },
    usage: { bytes: Long.ZERO, files: Long.ZERO },
    allocatedBytes: Long.ZERO,
    reservations: [],
    releases: [],
    revision: Long.ZERO,
  } satisfies AccountDoc;
}

function toAccount(doc: ShownFields): Account {
  return {
    id: doc._id,
    username: doc.username,
    createdAt: doc.createdAt,
    sessionsValidFrom: doc.sessionsValidFrom,
    rootFolderId: doc.rootFolderId,
    usage: {
      bytes: doc.usage.bytes.toNumber(),
      reservedBytes: doc.allocatedBytes.subtract(doc.usage.bytes).toNumber(),
      files: doc.usage.files.toNumber(),
      limitBytes: doc.limits.bytes?.toNumber() ?? null,
    },
  };
}
