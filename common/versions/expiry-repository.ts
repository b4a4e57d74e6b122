import type { Collection, Db } from "mongodb";
import type { Id } from "../platform/ids.js";
import { olderThan } from "../platform/newest-first.js";
import type { FileKey } from "./history-repository.js";
import { STANDING } from "./history-repository.js";
import type { JudgedVersion } from "./keep-walk.js";
import type { VersionDoc } from "./version.js";

/** What finds and marks the versions that are not kept. Every query names the owner. */
export class ExpiryRepository {
  readonly #versions: Collection<VersionDoc>;

  constructor(db: Db) {
    this.#versions = db.collection("versions");
  }

  /** Versions of a file that are or were shown, newest first, from the one after a given one. */
  listOlder(
    { ownerId, _id: fileId }: FileKey,
    after: JudgedVersion | undefined,
    limit: number,
  ): Promise<JudgedVersion[]> {
    const position = after && olderThan(after.createdAt, after._id);
    return this.#versions
      .find<JudgedVersion>(
        { ownerId, fileId, ...STANDING, ...position },
        {
          projection: { createdAt: 1, label: 1 },
          sort: { createdAt: -1, _id: -1 },
          limit,
          batchSize: limit,
        },
      )
      .toArray();
  }

  /**
   * From then on no reader finds these versions of a file. One that has a label by now stays.
   *
   * @returns how many were marked.
   */
  async markExpired(
    { ownerId, _id: fileId }: FileKey,
    versionIds: readonly Id[],
    purgingSince: Date,
  ): Promise<number> {
    const { modifiedCount } = await this.#versions.updateMany(
      { _id: { $in: [...versionIds] }, ownerId, fileId, label: null, ...STANDING },
      { $set: { purgingSince } },
    );
    return modifiedCount;
  }

  /** The file of each version of an owner, in the order of their ids, after a given file. The index alone answers it. */
  async listFileIds(ownerId: Id, afterFileId: Id, limit: number): Promise<Id[]> {
    const found = await this.#versions
      .find<Pick<VersionDoc, "fileId">>(
        { ownerId, fileId: { $gt: afterFileId } },
        { projection: { _id: 0, fileId: 1 }, sort: { fileId: 1 }, limit, batchSize: limit },
      )
      .toArray();
    return found.map(({ fileId }) => fileId);
  }
}
