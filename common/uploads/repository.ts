import { type Collection, type Db, type Filter, type IndexDescription, Long } from "mongodb";
import { type Id, newId } from "../platform/ids.js";
import {
  batchedChanges,
  batchedInserts,
  type Change,
  type Insert,
} from "../platform/batched-writes.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import { UploadExistsError } from "./errors.js";
import type { PublishableUpload, UploadDoc } from "./upload.js";

export const uploadIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, createdAt: 1 } },
  { key: { blobId: 1 } },
  { key: { leaseUntil: 1 } },
  { key: { createdAt: 1 }, partialFilterExpression: { state: "receiving" } },
];

export class UploadsRepository {
  readonly #uploads: Collection<UploadDoc>;
  readonly #insert: Insert<UploadDoc>;
  readonly #decide: Change<UploadDoc>;
  readonly #remove: Change<UploadDoc>;

  constructor(db: Db) {
    this.#uploads = db.collection("uploads");
    this.#insert = batchedInserts(this.#uploads);
    this.#decide = batchedChanges(this.#uploads);
    this.#remove = batchedChanges(this.#uploads);
  }

  /** @throws UploadExistsError */
  async insert(upload: UploadDoc): Promise<void> {
    if (!(await this.#insert(upload))) throw new UploadExistsError();
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

  /** Compare-and-set: from then on the upload is only ever finished. `null` when the sweep was faster. */
  async decideToPublish(
    upload: UploadDoc,
    { sizeBytes, sha256 }: WrittenBlob,
    leaseUntil: Date,
  ): Promise<PublishableUpload | null> {
    const { _id, ownerId } = upload;
    const decided = {
      state: "publishing" as const,
      sizeBytes: Long.fromNumber(sizeBytes),
      sha256,
      leaseUntil,
      decision: newId(),
    };
    const isDecided =
      (await this.#decide({
        updateOne: { filter: { _id, ownerId, state: "receiving" }, update: { $set: decided } },
      })) || (await this.#uploads.findOne({ _id, ownerId, decision: decided.decision })) !== null;
    return isDecided ? { ...upload, ...decided } : null;
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

  /** Notes that a resumable upload is over, and until when its client may ask how it ended. `false` when it was over before. */
  async keepPublished(upload: UploadDoc, fileId: Id, until: Date): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne(
      { _id: upload._id, ownerId: upload.ownerId, state: "publishing" },
      {
        $set: {
          state: "published",
          fileId,
          leaseUntil: until,
          ...(upload.sizeBytes !== null && { "resumable.offset": upload.sizeBytes }),
        },
      },
    );
    return matchedCount === 1;
  }

  /** Resolves to `false` when it was removed before. */
  remove(ownerId: Id, uploadId: Id): Promise<boolean> {
    return this.#remove({ deleteOne: { filter: { _id: uploadId, ownerId } } });
  }
}
