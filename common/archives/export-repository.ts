import type { Collection, Db, Filter } from "mongodb";
import type { Entry } from "../entries/entry.js";
import type { LinkUseDoc } from "../links/uses-repository.js";
import { findBatch } from "../platform/batch-loader.js";
import type { Id } from "../platform/ids.js";
import type { VersionDoc } from "../versions/version.js";
import type { UseKey, VersionKey } from "./archive.js";

/** What the export of an account reads of it that nothing else does. Every query names the owner. */
export class ExportRepository {
  readonly #entries: Collection<Entry>;
  readonly #versions: Collection<VersionDoc>;
  readonly #uses: Collection<LinkUseDoc>;

  constructor(db: Db) {
    this.#entries = db.collection("entries");
    this.#versions = db.collection("versions");
    this.#uses = db.collection("linkUses");
  }

  /** Some entries, in any state and any order. @param ids - Of documents of some KiB. */
  listEntries(ownerId: Id, ids: readonly Id[]): Promise<Entry[]> {
    return this.#list({ _id: { $in: [...ids] }, ownerId }, ids.length);
  }

  /**
   * Those of some entries that are live or lie in the trash, in any order.
   *
   * @param emptiedAt - What was deleted at that instant or before is gone; `null` for nothing.
   */
  listStanding(ownerId: Id, ids: readonly Id[], emptiedAt: Date | null): Promise<Entry[]> {
    const inTrash = { "trash.at": { $gt: emptiedAt ?? new Date(0) }, purgingSince: null };
    const $or: Filter<Entry>[] = [{ isTrashed: false }, { isTrashed: true, ...inTrash }];
    return this.#list({ _id: { $in: [...ids] }, ownerId, $or }, ids.length);
  }

  /** The versions of an owner behind another one: by file, the latest first. */
  listVersions(ownerId: Id, after: VersionKey | null, limit: number): Promise<VersionDoc[]> {
    const standing = { state: { $ne: "staged" as const }, purgingSince: { $exists: false } };
    return findBatch<VersionDoc, VersionDoc>(
      this.#versions,
      { ownerId, ...(after !== null && behind(after)), ...standing },
      {
        limit,
        sort: { fileId: 1, createdAt: -1, _id: -1 },
        hint: { ownerId: 1, fileId: 1, createdAt: -1, _id: -1 },
        promoteLongs: false,
      },
    );
  }

  /** The uses of an owner's links behind another one: by link, the latest first. */
  listUses(ownerId: Id, after: UseKey | null, limit: number): Promise<LinkUseDoc[]> {
    return findBatch<LinkUseDoc, LinkUseDoc>(
      this.#uses,
      { ownerId, ...(after !== null && behindUse(after)) },
      {
        limit,
        sort: { linkId: 1, startedAt: -1, _id: -1 },
        hint: { ownerId: 1, linkId: 1, startedAt: -1, _id: -1 },
      },
    );
  }

  #list(filter: Filter<Entry>, limit: number): Promise<Entry[]> {
    const options = { limit, hint: { _id: 1 }, promoteLongs: false } as const;
    return findBatch<Entry, Entry>(this.#entries, filter, options);
  }
}

const behind = ({ fileId, createdAt, versionId }: VersionKey): Filter<VersionDoc> => ({
  fileId: { $gte: fileId },
  $or: [
    { fileId: { $gt: fileId } },
    { fileId, createdAt: { $lt: createdAt } },
    { fileId, createdAt, _id: { $lt: versionId } },
  ],
});

const behindUse = ({ linkId, startedAt, useId }: UseKey): Filter<LinkUseDoc> => ({
  linkId: { $gte: linkId },
  $or: [
    { linkId: { $gt: linkId } },
    { linkId, startedAt: { $lt: startedAt } },
    { linkId, startedAt, _id: { $lt: useId } },
  ],
});
