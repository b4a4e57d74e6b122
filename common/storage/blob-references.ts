import type { ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import { requiredChange, type Write } from "../platform/write.js";
import { type Bucket, HELD_BY_NO_ARCHIVE, removeChunks } from "./bucket.js";

interface Deps {
  readonly bucket: Bucket;
  /** The versions that have a blob as their content, staged ones among them. */
  readonly namedBy: (blobId: ObjectId) => Promise<readonly Id[]>;
}

/**
 * Which versions hold a blob: the set `metadata.versionIds` of its `blobs.files` document. A blob is committed with its first version,
 * and goes with the last, unless archives hold it still (`BlobHolds`). Each step is one conditional update, and may be repeated after any crash (docs/design/storage.md).
 */
export class BlobReferences {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Lets one more version hold a blob. Refused unless `besideId` holds it: so nothing holds a blob that is about to go. Refused also for a
   * blob in quarantine. Done again, it changes nothing.
   */
  addition(blobId: ObjectId, { versionId, besideId }: { versionId: Id; besideId: Id }): Write {
    return requiredChange(this.#deps.bucket.files, {
      filter: {
        _id: blobId,
        "metadata.versionIds": { $elemMatch: { $eq: besideId } },
        "metadata.quarantine": { $exists: false },
      },
      update: { $addToSet: { "metadata.versionIds": versionId } },
    });
  }

  /** Lets versions hold a blob that is committed. For what repairs the set: everything else uses {@link addition}. */
  async add(blobId: ObjectId, versionIds: readonly Id[]): Promise<void> {
    if (versionIds.length === 0) return;
    await this.#deps.bucket.files.updateOne(
      { _id: blobId },
      { $addToSet: { "metadata.versionIds": { $each: [...versionIds] } } },
    );
  }

  /** Whether a version holds a committed blob. */
  async isHeld(blobId: ObjectId, versionId: Id): Promise<boolean> {
    const versionIds = await this.holdersOf(blobId);
    return versionIds?.includes(versionId) === true;
  }

  /** The versions that hold a blob; `undefined` when it is not committed. */
  async holdersOf(blobId: ObjectId): Promise<readonly Id[] | undefined> {
    const { files } = this.#deps.bucket;
    const find = () => files.findOne({ _id: blobId }, { projection: { "metadata.versionIds": 1 } });
    const file = await find();
    if (file === null || file.metadata?.versionIds !== undefined) return file?.metadata?.versionIds;
    await this.complete(blobId);
    return (await find())?.metadata?.versionIds;
  }

  /**
   * Takes a version out of those that hold a blob, and removes the blob when no other does. What is not committed has no
   * `blobs.files` document: its chunks go, unless another version names them, whose document was lost.
   */
  async release(blobId: ObjectId, versionId: Id): Promise<void> {
    const { bucket, namedBy } = this.#deps;
    await this.forget(blobId, versionId);
    const file = await bucket.files.findOne({ _id: blobId }, { projection: { _id: 1 } });
    if (file !== null) return;
    // Two last versions that go at once see each other here: then the orphan sweep removes the chunks.
    if ((await namedBy(blobId)).some((id) => id !== versionId)) return;
    await removeChunks(bucket, blobId);
  }

  /** As {@link release}, but leaves the chunks to those that read them, and then to the orphan sweep. */
  async forget(blobId: ObjectId, versionId: Id): Promise<void> {
    const { files } = this.#deps.bucket;
    // Most blobs have one holder.
    const last = await files.deleteOne({
      _id: blobId,
      "metadata.versionIds": [versionId],
      ...HELD_BY_NO_ARCHIVE,
    });
    if (last.deletedCount === 1) return;
    await this.complete(blobId);
    await files.updateOne({ _id: blobId }, { $pull: { "metadata.versionIds": versionId } });
    await files.deleteOne({ _id: blobId, "metadata.versionIds": [], ...HELD_BY_NO_ARCHIVE });
  }

  /**
   * Gives a `blobs.files` document that was restored without the set the versions that name the blob. Before a version is taken out of the
   * set this is done; so while the set is missing, every version that names the blob still needs it.
   */
  async complete(blobId: ObjectId): Promise<void> {
    const { bucket, namedBy } = this.#deps;
    const lacking = { _id: blobId, "metadata.versionIds": { $exists: false } };
    if ((await bucket.files.findOne(lacking, { projection: { _id: 1 } })) === null) return;
    const versionIds = [...(await namedBy(blobId))];
    await bucket.files.updateOne(lacking, { $set: { "metadata.versionIds": versionIds } });
  }
}
