import type { Collection, Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import { findBatch } from "../platform/batch-loader.js";
import type { Entry } from "./entry.js";

/** What walks through the tree ask of the store. */
export class WalkRepository {
  readonly #entries: Collection<Entry>;

  constructor(db: Db) {
    this.#entries = db.collection("entries");
  }

  /**
   * The live entries of a folder behind a `nameKey`, in the order of theirs, by the index `{ownerId, parentId, nameKey}`.
   *
   * @param limit - Of documents of some KiB.
   */
  listByName(
    { ownerId, parentId }: Pick<Entry, "ownerId" | "parentId">,
    after: string | null,
    limit: number,
  ): Promise<Entry[]> {
    const behind = after === null ? {} : { nameKey: { $gt: after } };
    return findBatch<Entry, Entry>(
      this.#entries,
      { ownerId, parentId, isTrashed: false, ...behind },
      {
        limit,
        sort: { nameKey: 1 },
        hint: { ownerId: 1, parentId: 1, nameKey: 1 },
        promoteLongs: false,
      },
    );
  }

  /**
   * Those of some entries of some accounts that are live, in any order.
   *
   * @param ids - Of documents of some KiB.
   */
  listLive(ownerIds: readonly Id[], ids: readonly Id[]): Promise<Entry[]> {
    const filter = { _id: { $in: [...ids] }, ownerId: { $in: [...ownerIds] }, isTrashed: false };
    const options = { limit: ids.length, hint: { _id: 1 }, promoteLongs: false } as const;
    return findBatch<Entry, Entry>(this.#entries, filter, options);
  }

  /** A file or folder of one of some accounts, live or not. */
  findAmong(ownerIds: readonly Id[], id: Id): Promise<Entry | null> {
    return this.#entries.findOne({ _id: id, ownerId: { $in: [...ownerIds] } });
  }
}
