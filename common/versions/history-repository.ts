import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { pageNewestFirst } from "../platform/newest-first.js";
import type { VersionDoc } from "./version.js";

export const versionHistoryIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, fileId: 1, createdAt: -1, _id: -1 } },
  {
    key: { purgingSince: 1 },
    partialFilterExpression: { purgingSince: { $exists: true } },
  },
];

/** Which versions of a file to list. */
export interface VersionQuery {
  /** At most so many, 1 to 1,000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Only versions with this content; lower-case hexadecimal. */
  readonly sha256?: string | undefined;
}

/** Versions of a file, newest first. */
export interface VersionPage {
  readonly items: readonly VersionDoc[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

/** A file, as far as its versions name it. */
export interface FileKey {
  readonly ownerId: Id;
  readonly _id: Id;
}

/** The versions of files that are or were shown, until they are removed. Every query names the owner. */
export class VersionHistory {
  readonly #versions: Collection<VersionDoc>;

  constructor(db: Db) {
    this.#versions = db.collection("versions");
  }

  /** @throws InvalidCursorError */
  page(
    { ownerId, _id: fileId }: FileKey,
    { limit, cursor, sha256 }: VersionQuery,
  ): Promise<VersionPage> {
    const filter = { ownerId, fileId, ...STANDING, ...(sha256 !== undefined && { sha256 }) };
    const list = ["versions", fileId, sha256 ?? null];
    return pageNewestFirst(this.#versions, [filter], { field: "createdAt", list, limit, cursor });
  }

  find({ ownerId, _id: fileId }: FileKey, versionId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: versionId, ownerId, fileId, ...STANDING });
  }

  /** The version that a file shows: it may be staged still. */
  findShown(ownerId: Id, versionId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: versionId, ownerId });
  }

  setLabel(
    { ownerId, _id: fileId }: FileKey,
    versionId: Id,
    label: string | null,
  ): Promise<VersionDoc | null> {
    return this.#versions.findOneAndUpdate(
      { _id: versionId, ownerId, fileId, ...STANDING },
      { $set: { label } },
      { returnDocument: "after" },
    );
  }

  /** From then on no reader finds the version. `false` when it does not exist, or another request was faster. */
  async markPurging(
    { ownerId, _id: fileId }: FileKey,
    versionId: Id,
    purgingSince: Date,
  ): Promise<boolean> {
    const { matchedCount } = await this.#versions.updateOne(
      { _id: versionId, ownerId, fileId, ...STANDING },
      { $set: { purgingSince } },
    );
    return matchedCount === 1;
  }

  findPurging(ownerId: Id, versionId: Id): Promise<VersionDoc | null> {
    return this.#versions.findOne({ _id: versionId, ownerId, purgingSince: { $exists: true } });
  }

  /** The versions whose removal began before an instant and is not done. */
  listPurging(before: Date, limit: number): Promise<VersionDoc[]> {
    return this.#versions
      .find(
        { purgingSince: { $lt: before } },
        { sort: { purgingSince: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }
}

/** Published, and not being removed. */
export const STANDING = {
  state: { $ne: "staged" },
  purgingSince: { $exists: false },
} as const satisfies Filter<VersionDoc>;
