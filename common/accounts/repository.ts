import { type Db, type IndexDescription, Long } from "mongodb";
import type { Id } from "../platform/ids.js";
import { batchedFind } from "../platform/batched-find.js";
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

/** Who somebody is and what they may store, without what they do. */
export type Identity = Pick<
  AccountDoc,
  "_id" | "username" | "rootFolderId" | "sessionsValidFrom" | "limits"
>;

/** Of some 200 bytes each. */
const IDENTITIES_PER_LOOK = 128;

export type AccountsRepository = ReturnType<typeof createAccountsRepository>;

/** Accounts in MongoDB. */
export function createAccountsRepository({ db }: { db: Db }) {
  const collection = accountCollection(db);
  const findIdentity = batchedFind<Pick<Identity, "_id">, Identity, AccountDoc>({
    collection,
    queryOf: (asked) => ({
      filter: { _id: { $in: asked.map(({ _id }) => _id) } },
      projection: { username: 1, rootFolderId: 1, sessionsValidFrom: 1, limits: 1 },
    }),
    keyOf: ({ _id }) => _id,
    most: IDENTITIES_PER_LOOK,
  });
  return {
    /** Resolves to `undefined` when the username is taken: the index `usernameKey` decides between two at once. */
    async insert(account: NewAccount): Promise<Account | undefined> {
      const doc = newDoc(account);
      return (await insertUnlessTaken(collection, doc)) ? toAccount(doc) : undefined;
    },

    async findById(id: Id): Promise<Account | undefined> {
      const doc = await collection.findOne({ _id: id });
      return doc === null ? undefined : toAccount(doc);
    },

    /** Resolves to `undefined` when the account is gone. */
    findIdentity: (id: Id) => findIdentity({ _id: id }),

    /** The account and its password hash, by username ignoring case; index `usernameKey`. */
    async findWithPassword(username: string) {
      const doc = await collection.findOne({ usernameKey: usernameKey(username) });
      return doc === null ? undefined : { account: toAccount(doc), passwordHash: doc.passwordHash };
    },

    /** Compare-and-set: a hash that somebody else changed first stays as they set it. */
    async replacePasswordHash({ id, from, to }: { id: Id; from: string; to: string }) {
      await collection.updateOne({ _id: id, passwordHash: from }, { $set: { passwordHash: to } });
    },

    /** Compare-and-set: resolves to `false` when somebody else changed it first. */
    async setSessionsValidFrom({ id, from, to }: { id: Id; from: Date; to: Date }) {
      const { matchedCount } = await collection.updateOne(
        { _id: id, sessionsValidFrom: from },
        { $set: { sessionsValidFrom: to } },
      );
      return matchedCount === 1;
    },
  };
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

function toAccount(doc: AccountDoc): Account {
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
