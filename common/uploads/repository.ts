import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Id } from "../platform/ids.js";
import { change, insertion, removal, requiredChange, type Write } from "../platform/write.js";
import type { PublishableUpload, UploadDoc } from "./upload.js";

export const uploadIndexes: readonly IndexDescription[] = [
  { key: { blobId: 1 } },
  { key: { leaseUntil: 1 } },
  { key: { createdAt: 1 }, partialFilterExpression: { state: "receiving" } },
];

export class UploadsRepository {
  readonly #uploads: Collection<UploadDoc>;

  constructor(db: Db) {
    this.#uploads = db.collection("uploads");
  }

  /** Refused when there is an upload with this id. */
  insertion(upload: UploadDoc): Write {
    return insertion(this.#uploads, upload);
  }

  find(ownerId: Id, uploadId: Id): Promise<UploadDoc | null> {
    return this.#uploads.findOne({ _id: uploadId, ownerId });
  }

  /** Whether something is still to be done for an upload: then its reservation is not to be touched by others. */
  async isUnderWay(ownerId: Id, uploadId: Id): Promise<boolean> {
    const upload = await this.#uploads.findOne(
      { _id: uploadId, ownerId, state: { $ne: "published" } },
      { projection: { _id: 1 } },
    );
    return upload !== null;
  }

  async isBlobExpected(blobId: UploadDoc["blobId"]): Promise<boolean> {
    return (await this.#uploads.findOne({ blobId }, { projection: { _id: 1 } })) !== null;
  }

  /** Keeps the sweep away. Resolves to `false` when the sweep has the upload already. */
  async renewLease({ _id, ownerId }: UploadDoc, leaseUntil: Date): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne(
      { _id, ownerId, state: { $ne: "aborting" } },
      { $set: { leaseUntil } },
    );
    return matchedCount === 1;
  }

  /** Compare-and-set: from then on the upload is only ever finished. Refused when the sweep was faster. */
  decision({ _id, ownerId, state, sizeBytes, sha256, leaseUntil }: PublishableUpload): Write {
    return requiredChange(this.#uploads, {
      filter: { _id, ownerId, state: "receiving" },
      update: { $set: { state, sizeBytes, sha256, leaseUntil } },
    });
  }

  /** Compare-and-set: from then on the upload is only ever removed. `false` when it has left the state it was in. */
  async decideToAbort({ _id, ownerId, state }: UploadDoc): Promise<boolean> {
    return this.#abortWhere({ _id, ownerId, state });
  }

  /** The same for whoever did not begin the upload: `false` also when its lease was renewed since it was read. */
  async takeOverToAbort({ _id, ownerId, state, leaseUntil }: UploadDoc): Promise<boolean> {
    return this.#abortWhere({ _id, ownerId, state, leaseUntil });
  }

  async #abortWhere(filter: Filter<UploadDoc>): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne(filter, {
      $set: { state: "aborting" },
    });
    return matchedCount === 1;
  }

  /** The uploads that nobody works on any more, oldest first. What they hold of a frame stays where it is. */
  listAbandoned(now: Date, limit: number): Promise<UploadDoc[]> {
    return this.#uploads
      .find(
        { leaseUntil: { $lt: now } },
        {
          sort: { leaseUntil: 1 },
          limit,
          batchSize: limit,
          projection: { "resumable.tail": 0 },
        },
      )
      .toArray();
  }

  /** How many have not arrived yet; counting stops at `most`. */
  countReceiving(most: number): Promise<number> {
    return this.#uploads.countDocuments(
      { state: "receiving", createdAt: { $gt: new Date(0) } },
      { limit: most },
    );
  }

  /** How many {@link listAbandoned} would find; counting stops at `most`. */
  countAbandoned(now: Date, most: number): Promise<number> {
    return this.#uploads.countDocuments({ leaseUntil: { $lt: now } }, { limit: most });
  }

  /** Notes that a resumable upload is over, and until when its client may ask how it ended. Finds nothing when it was over before. */
  receipt({ _id, ownerId, sizeBytes }: PublishableUpload, fileId: Id, until: Date): Write {
    return change(this.#uploads, {
      filter: { _id, ownerId, state: "publishing" },
      update: {
        $set: { state: "published", fileId, leaseUntil: until, "resumable.offset": sizeBytes },
      },
    });
  }

  /** Finds nothing when it was removed before. */
  removal({ _id, ownerId }: Pick<UploadDoc, "_id" | "ownerId">): Write {
    return removal(this.#uploads, { _id, ownerId });
  }

  async remove(ownerId: Id, uploadId: Id): Promise<void> {
    await this.#uploads.deleteOne({ _id: uploadId, ownerId });
  }
}
