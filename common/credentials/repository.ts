import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import { documentLoader } from "../platform/batch-loader.js";
import { decodeCursor, pageOf } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import type { ClientTrace, CredentialDoc, CredentialKind } from "./credential.js";

/** The indexes of `credentials`; the release process creates them. */
export const credentialIndexes: readonly IndexDescription[] = [
  { name: "list", key: { accountId: 1, kind: 1, createdAt: -1, _id: 1 } },
  { name: "expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** Each takes some 500 bytes. */
const CREDENTIALS_PER_QUERY = 128;

type Key = Pick<CredentialDoc, "accountId" | "_id">;

/** What a use of a credential changes. */
export interface Use {
  readonly lastUsedAt: Date;
  readonly client: ClientTrace;
  /** Only for credentials that live longer when they are used. */
  readonly expiresAt?: Date;
}

interface WhichCredentials {
  readonly kinds: readonly CredentialKind[];
  /** One that stays. */
  readonly exceptId?: Id;
  /** Those that were made at this instant or later stay. */
  readonly before?: Date;
}

/** Which credentials to list. */
export interface CredentialQuery extends Pick<CredentialDoc, "accountId" | "kind"> {
  /** At most so many items, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Only those that began at this instant or later; by default all. */
  readonly begunFrom?: Date;
  /** Only those that are valid after this instant; by default all. */
  readonly validAfter?: Date;
}

export interface CredentialPage {
  readonly items: readonly CredentialDoc[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

/** Credentials in MongoDB, of every kind. */
export class CredentialsRepository {
  readonly #credentials: Collection<CredentialDoc>;
  readonly #find: (id: Id) => Promise<CredentialDoc | undefined>;

  constructor(db: Db) {
    this.#credentials = db.collection("credentials");
    const load = documentLoader<{ _id: Id }, CredentialDoc>({
      collection: this.#credentials,
      queryOf: (keys) => ({ filter: { _id: { $in: keys.map(({ _id }) => _id) } } }),
      keyOf: ({ _id }) => _id,
      maxBatchSize: CREDENTIALS_PER_QUERY,
    });
    this.#find = (_id) => load({ _id });
  }

  /** Resolves to `false` when the id is taken. */
  insert(credential: CredentialDoc): Promise<boolean> {
    return insertUnlessTaken(this.#credentials, credential);
  }

  /**
   * Inserts a credential. Where its account has more than `most` of its kind then, those end that were unused for longest.
   *
   * @returns `false` when the id is taken.
   */
  async insertAmong(most: number, credential: CredentialDoc): Promise<boolean> {
    if (!(await this.insert(credential))) return false;
    const { _id, accountId, kind } = credential;
    const tooMany = await this.#credentials
      .find({ accountId, kind, _id: { $ne: _id } }, { projection: { _id: 1 } })
      .sort({ lastUsedAt: -1, _id: 1 })
      .skip(most - 1)
      .toArray();
    if (tooMany.length > 0) {
      const ids = tooMany.map((other) => other._id);
      await this.#credentials.deleteMany({ accountId, kind, _id: { $in: ids } });
    }
    return true;
  }

  /** Finds a credential by the id that a request sent. Only the result says which account it belongs to. */
  find(id: Id): Promise<CredentialDoc | undefined> {
    return this.#find(id);
  }

  /** A credential of an account. */
  findOwn({ _id, accountId }: Key, kind: CredentialKind): Promise<CredentialDoc | null> {
    return this.#credentials.findOne({ _id, accountId, kind });
  }

  /** @returns `false` when the credential has ended. It is not brought back. */
  async noteUse({ _id, accountId }: Key, use: Use): Promise<boolean> {
    const { matchedCount } = await this.#credentials.updateOne(
      { _id, accountId },
      { $set: { ...use } },
    );
    return matchedCount === 1;
  }

  /**
   * Compare-and-set on the hash of the secret.
   *
   * @returns `false` when another request was faster, or the credential has ended.
   */
  async replaceSecret(
    { _id, accountId, secretHash }: Key & Pick<CredentialDoc, "secretHash">,
    change: Use & Pick<CredentialDoc, "secretHash" | "details">,
  ): Promise<boolean> {
    const { matchedCount } = await this.#credentials.updateOne(
      { _id, accountId, secretHash },
      { $set: { ...change } },
    );
    return matchedCount === 1;
  }

  /** The latest first; index `list`. @throws InvalidCursorError */
  async list({ limit, cursor, ...query }: CredentialQuery): Promise<CredentialPage> {
    const { accountId, kind, begunFrom, validAfter } = query;
    const list = [accountId, kind];
    const conditions: Filter<CredentialDoc>[] = [{ accountId, kind }];
    if (begunFrom !== undefined) conditions.push({ createdAt: { $gte: begunFrom } });
    if (validAfter !== undefined) {
      conditions.push({ $or: [{ expiresAt: null }, { expiresAt: { $gt: validAfter } }] });
    }
    if (cursor !== undefined) {
      const { value, id } = decodeCursor(list, "number", cursor);
      const createdAt = new Date(Number(value));
      conditions.push({ createdAt: { $lte: createdAt } });
      conditions.push({
        $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $gt: id } }],
      });
    }
    const found = await this.#credentials
      .find({ $and: conditions }, { limit: limit + 1, singleBatch: true, batchSize: limit + 1 })
      .sort({ createdAt: -1, _id: 1 })
      .toArray();
    return pageOf(found, {
      limit,
      list: list,
      positionOf: (item) => ({ value: item.createdAt.getTime(), id: item._id }),
    });
  }

  /** How many there are; counting stops at `most`. */
  count(accountId: Id, kind: CredentialKind, most: number): Promise<number> {
    return this.#credentials.countDocuments({ accountId, kind }, { limit: most });
  }

  /**
   * Compare-and-set on what the credential may do.
   *
   * @returns `false` when another request was faster, or the credential has ended.
   */
  async change(
    { _id, accountId, kind, scopes, addressRanges, details = {} }: CredentialDoc,
    fields: Partial<CredentialDoc>,
  ): Promise<boolean> {
    const { matchedCount } = await this.#credentials.updateOne(
      { _id, accountId, kind, scopes, addressRanges, details },
      { $set: fields },
    );
    return matchedCount === 1;
  }

  /** @returns Whether there was one. */
  async remove({ _id, accountId }: Key, kind: CredentialKind): Promise<boolean> {
    const { deletedCount } = await this.#credentials.deleteOne({ _id, accountId, kind });
    return deletedCount === 1;
  }

  /** Removes credentials of an account. @returns How many there were. */
  async removeAll(accountId: Id, { kinds, exceptId, before }: WhichCredentials): Promise<number> {
    const { deletedCount } = await this.#credentials.deleteMany({
      accountId,
      kind: { $in: [...kinds] },
      ...(exceptId !== undefined && { _id: { $ne: exceptId } }),
      ...(before !== undefined && { createdAt: { $lt: before } }),
    });
    return deletedCount;
  }
}
