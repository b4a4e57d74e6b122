import type { Collection, Db } from "mongodb";
import { batchLoader } from "../platform/batch-loader.js";
import type { Id } from "../platform/ids.js";
import type { GroupDoc, ShareDoc } from "./share.js";

/** The managers of so many entries, or the members of so many groups, are asked for together. */
const MOST_AT_ONCE = 64;

/** An entry that is shared, and whose it is. */
type SharedKey = Pick<ShareDoc, "ownerId" | "entryId">;

const keyOf = ({ ownerId, entryId }: SharedKey) => `${ownerId} ${entryId}`;

/** Some accounts, and a group that they may belong to. */
interface MembersQuery {
  readonly groupId: Id;
  readonly accountIds: readonly Id[];
}

/** Finds who may share what others own. What is asked for at the same time is one query. */
export class MakersRepository {
  readonly #shares: Collection<ShareDoc>;
  readonly #groups: Collection<GroupDoc>;
  /** The shares that make somebody a manager of an entry: at most 500, as an entry has no more. */
  readonly managersOf: (entry: SharedKey) => Promise<readonly ShareDoc[]>;
  /** All members of a group: at most 500. None where none of some accounts is one of them. */
  readonly membersAmong: (query: MembersQuery) => Promise<readonly Id[]>;

  constructor(db: Db) {
    this.#shares = db.collection("shares");
    this.#groups = db.collection("groups");
    this.managersOf = batchLoader(async (entries) => {
      const found = await this.#findManagers(entries);
      return entries.map((entry) => found.get(keyOf(entry)) ?? []);
    }, MOST_AT_ONCE);
    this.membersAmong = batchLoader(async (queries) => {
      const found = await this.#findMembers(queries);
      return queries.map(({ groupId }) => found.get(groupId) ?? []);
    }, MOST_AT_ONCE);
  }

  async #findManagers(entries: readonly SharedKey[]): Promise<ReadonlyMap<string, ShareDoc[]>> {
    const entryId = { $in: [...new Set(entries.map((entry) => entry.entryId))] };
    const ownerId = { $in: [...new Set(entries.map((entry) => entry.ownerId))] };
    const found = new Map(entries.map((entry) => [keyOf(entry), [] as ShareDoc[]]));
    const filter = { entryId, ownerId, role: "manager" } as const;
    const shares = await this.#shares.find(filter, { batchSize: 1000 }).toArray();
    for (const share of shares) found.get(keyOf(share))?.push(share);
    return found;
  }

  async #findMembers(queries: readonly MembersQuery[]): Promise<ReadonlyMap<Id, readonly Id[]>> {
    const groupIds = [...new Set(queries.map(({ groupId }) => groupId))];
    const accountIds = [...new Set(queries.flatMap((query) => query.accountIds))];
    const found = await this.#groups
      .find<Pick<GroupDoc, "_id" | "memberIds">>(
        { _id: { $in: groupIds }, memberIds: { $in: accountIds } },
        { projection: { memberIds: 1 } },
      )
      .toArray();
    return new Map(found.map(({ _id, memberIds }) => [_id, memberIds]));
  }
}
