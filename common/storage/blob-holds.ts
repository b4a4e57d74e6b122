import type { Filter, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import { type BlobFileDoc, type Bucket, HELD_BY_NO_ARCHIVE, removeChunks } from "./bucket.js";

/**
 * Which archives hold a blob, so that it outlives the versions that have it: the set `metadata.archiveIds` of its `blobs.files` document. A
 * blob goes when neither versions nor archives hold it. Both sets are in one document, so each step is one conditional update.
 */
export class BlobHolds {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /**
   * Lets an archive hold blobs, as long as versions hold them and they are not in quarantine. May be repeated.
   *
   * @param blobIds - At most some thousands.
   * @returns Those that it holds now, hexadecimal. The others are gone, or in quarantine.
   */
  async hold(archiveId: Id, blobIds: readonly ObjectId[]): Promise<ReadonlySet<string>> {
    const { files } = this.#bucket;
    const _id = { $in: [...blobIds] };
    await files.updateMany(
      {
        _id,
        "metadata.versionIds": { $exists: true, $ne: [] },
        "metadata.quarantine": { $exists: false },
      },
      { $addToSet: { "metadata.archiveIds": archiveId } },
    );
    const held = files.find({ _id, "metadata.archiveIds": archiveId } as Filter<BlobFileDoc>, {
      projection: { _id: 1 },
      batchSize: blobIds.length + 1,
    });
    return new Set((await held.toArray()).map((file) => file._id.toHexString()));
  }

  /** Whether any archive holds a blob. */
  async isHeld(blobId: ObjectId): Promise<boolean> {
    const held = { _id: blobId, "metadata.archiveIds.0": { $exists: true } };
    return (await this.#bucket.files.findOne(held, { projection: { _id: 1 } })) !== null;
  }

  /** Takes an archive out of those that hold blobs, and removes blobs that nothing holds any more. May be repeated. */
  async release(archiveId: Id, blobIds: readonly ObjectId[]): Promise<void> {
    const { files } = this.#bucket;
    const _id = { $in: [...blobIds] };
    await files.updateMany({ _id }, { $pull: { "metadata.archiveIds": archiveId } });
    const left = await files
      .find({ _id, ...HELD_BY_NOTHING }, { projection: { _id: 1 } })
      .toArray();
    for (const blob of left) {
      const { deletedCount } = await files.deleteOne({ _id: blob._id, ...HELD_BY_NOTHING });
      if (deletedCount === 1) await removeChunks(this.#bucket, blob._id);
    }
  }
}

const HELD_BY_NOTHING: Filter<BlobFileDoc> = { ...HELD_BY_NO_ARCHIVE, "metadata.versionIds": [] };
