import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import { documentLoader } from "../platform/batch-loader.js";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { pageNewestFirst } from "../platform/newest-first.js";
import type { GroupDoc, ShareDoc } from "./share.js";

export const shareIndexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  shares: [
    { key: { entryId: 1, granteeId: 1 }, unique: true },
    { key: { ownerId: 1, createdAt: -1, _id: -1 } },
    { key: { granteeId: 1, createdAt: -1, _id: -1 } },
    { key: { actorId: 1 } },
  ],
  groups: [{ key: { ownerId: 1, name: 1 }, unique: true }, { key: { memberIds: 1 } }],
};

/** The most shares that one account has been given, as far as they count. */
export const MAX_SHARES_OF_GRANTEE = 1000;

interface PageQuery {
  /** At most so many, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Shares. */
export class SharesRepository {
  readonly #shares: Collection<ShareDoc>;

  constructor(db: Db) {
    this.#shares = db.collection("shares");
  }

  /** Resolves to `false` when the grantee has a share on the entry already. */
  insert(share: ShareDoc): Promise<boolean> {
    return insertUnlessTaken<ShareDoc>(this.#shares, share);
  }

  find(id: Id): Promise<ShareDoc | null> {
    return this.#shares.findOne({ _id: id });
  }

  findOwn(ownerId: Id, id: Id): Promise<ShareDoc | null> {
    return this.#shares.findOne({ _id: id, ownerId });
  }

  findOf(entryId: Id, granteeId: Id): Promise<ShareDoc | null> {
    return this.#shares.findOne({ entryId, granteeId });
  }

  findGivenTo(granteeId: Id, id: Id): Promise<ShareDoc | null> {
    return this.#shares.findOne({ _id: id, granteeId });
  }

  /** What some grantees have been given. */
  listGiven(granteeIds: readonly Id[]): Promise<ShareDoc[]> {
    const limit = MAX_SHARES_OF_GRANTEE;
    return this.#shares
      .find({ granteeId: { $in: [...granteeIds] } }, { limit, batchSize: limit })
      .toArray();
  }

  /** The latest first. @throws InvalidCursorError */
  pageOfGrantees(granteeIds: readonly Id[], query: PageQuery) {
    return this.#page({ granteeId: { $in: [...granteeIds] } }, ["given", ...granteeIds], query);
  }

  /** What an owner has given, of one entry or of all; the latest first. @throws InvalidCursorError */
  pageOfOwner(
    { ownerId, entryId }: { readonly ownerId: Id; readonly entryId?: Id | undefined },
    query: PageQuery,
  ) {
    const filter = { ownerId, ...(entryId !== undefined && { entryId }) };
    return this.#page(filter, ["shares", ownerId, entryId ?? null], query);
  }

  /** The shares of some entries of an owner. */
  listOf(ownerId: Id, entryIds: readonly Id[]): Promise<ShareDoc[]> {
    const limit = MAX_SHARES_OF_GRANTEE;
    return this.#shares
      .find({ ownerId, entryId: { $in: [...entryIds] } }, { limit, batchSize: limit })
      .toArray();
  }

  countOf(ownerId: Id, entryId: Id, most: number): Promise<number> {
    return this.#shares.countDocuments({ ownerId, entryId }, { limit: most });
  }

  /** Compare-and-set: resolves to `null` when somebody else changed or removed it first. */
  setRole(
    { _id, ownerId, role, actorId }: ShareDoc,
    changed: Pick<ShareDoc, "role" | "actorId">,
  ): Promise<ShareDoc | null> {
    return this.#shares.findOneAndUpdate(
      { _id, ownerId, role, actorId },
      { $set: changed },
      { returnDocument: "after" },
    );
  }

  async remove({ _id, ownerId }: Pick<ShareDoc, "_id" | "ownerId">): Promise<boolean> {
    const { deletedCount } = await this.#shares.deleteOne({ _id, ownerId });
    return deletedCount === 1;
  }

  /** Takes back all that a group was given. */
  async removeOfGrantee(granteeId: Id): Promise<void> {
    await this.#shares.deleteMany({ granteeId });
  }

  #page(filter: Filter<ShareDoc>, list: unknown, { limit, cursor }: PageQuery) {
    return pageNewestFirst(this.#shares, [filter], { field: "createdAt", list, limit, cursor });
  }
}

/** With their members, each takes some 12 KB at most. */
const GROUPS_PER_QUERY = 128;

/** Groups of accounts. */
export class GroupsRepository {
  readonly #groups: Collection<GroupDoc>;
  readonly #find: (key: Pick<GroupDoc, "_id">) => Promise<GroupDoc | undefined>;

  constructor(db: Db) {
    const collection = db.collection<GroupDoc>("groups");
    this.#groups = collection;
    this.#find = documentLoader<Pick<GroupDoc, "_id">, GroupDoc>({
      collection,
      queryOf: (keys) => ({ filter: { _id: { $in: keys.map(({ _id }) => _id) } } }),
      keyOf: ({ _id }) => _id,
      maxBatchSize: GROUPS_PER_QUERY,
    });
  }

  /** Resolves to `false` when the owner has a group of this name. */
  insert(group: GroupDoc): Promise<boolean> {
    return insertUnlessTaken<GroupDoc>(this.#groups, group);
  }

  /** A group that an account looks after or belongs to. */
  findFor(accountId: Id, id: Id): Promise<GroupDoc | null> {
    return this.#groups.findOne({ _id: id, ...concerning(accountId) });
  }

  findOwn(ownerId: Id, id: Id): Promise<GroupDoc | null> {
    return this.#groups.findOne({ _id: id, ownerId });
  }

  /** All groups that an account looks after or belongs to, by name. */
  listFor(accountId: Id, limit: number): Promise<GroupDoc[]> {
    const sort = { name: 1, _id: 1 } as const;
    return this.#groups.find(concerning(accountId), { sort, limit, batchSize: limit }).toArray();
  }

  count(ownerId: Id, most: number): Promise<number> {
    return this.#groups.countDocuments({ ownerId }, { limit: most });
  }

  async idsOfMember(accountId: Id): Promise<Id[]> {
    const options = { projection: { _id: 1 }, limit: MAX_SHARES_OF_GRANTEE };
    const found = await this.#groups.find({ memberIds: accountId }, options).toArray();
    return found.map(({ _id }) => _id);
  }

  /** Resolves to `undefined` when the group is gone. */
  findById(id: Id): Promise<GroupDoc | undefined> {
    return this.#find({ _id: id });
  }

  /** Resolves to `null` when the group is gone, or has as many members as it may have. */
  addMember(
    { _id, ownerId }: Pick<GroupDoc, "_id" | "ownerId">,
    memberId: Id,
    most: number,
  ): Promise<GroupDoc | null> {
    return this.#groups.findOneAndUpdate(
      { _id, ownerId, [`memberIds.${most - 1}`]: { $exists: false } },
      { $addToSet: { memberIds: memberId } },
      { returnDocument: "after" },
    );
  }

  /** Only who looks after the group, or the member itself, does so. */
  async removeMember(
    { _id, byId }: { readonly _id: Id; readonly byId: Id },
    memberId: Id,
  ): Promise<boolean> {
    const { modifiedCount } = await this.#groups.updateOne(
      { _id, memberIds: memberId, ...(byId !== memberId && { ownerId: byId }) },
      { $pull: { memberIds: memberId } },
    );
    return modifiedCount === 1;
  }

  async remove(ownerId: Id, id: Id): Promise<boolean> {
    const { deletedCount } = await this.#groups.deleteOne({ _id: id, ownerId });
    return deletedCount === 1;
  }
}

const concerning = (accountId: Id): Filter<GroupDoc> => ({
  $or: [{ ownerId: accountId }, { memberIds: accountId }],
});
