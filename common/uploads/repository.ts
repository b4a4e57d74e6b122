import { type Collection, type Db, type Filter, type IndexDescription, Long } from "mongodb";
import type { Id } from "../platform/ids.js";
import { change, insertion, removal, requiredChange, type Write } from "../platform/write.js";
import type { PublishableUpload, ResumableState, ResumableUploadDoc, UploadDoc } from "./upload.js";

export const uploadIndexes: readonly IndexDescription[] = [
  { key: { blobId: 1 } },
  { key: { leaseUntil: 1 } },
  { key: { ownerId: 1, actorId: 1 } },
  { key: { state: 1, createdAt: -1, _id: -1 } },
];

type Key = Pick<UploadDoc, "_id" | "ownerId">;

/** The ledger. Every change of state is a compare-and-set on the state before. */
export class UploadsRepository {
  readonly #uploads: Collection<UploadDoc>;

  constructor(db: Db) {
    this.#uploads = db.collection("uploads");
  }

  /** Refused when the ledger has an upload with this id. */
  insertion(upload: UploadDoc): Write {
    return insertion(this.#uploads, upload);
  }

  find(ownerId: Id, uploadId: Id): Promise<UploadDoc | null> {
    return this.#uploads.findOne({ _id: uploadId, ownerId });
  }

  /** An upload that the actor has begun, in any namespace. */
  findByActor(actorId: Id, uploadId: Id): Promise<UploadDoc | null> {
    return this.#uploads.findOne({ _id: uploadId, actorId });
  }

  /** Whether an upload is not over: then only those who work on it may touch its reservation. */
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

  /** The versions that uploads of a blob, and copies of it, are to become. */
  async listVersionIdsByBlob(blobId: UploadDoc["blobId"]): Promise<Id[]> {
    const found = await this.#uploads.find({ blobId }, { projection: { versionId: 1 } }).toArray();
    return found.map(({ versionId }) => versionId);
  }

  /** Keeps the sweep away. Resolves to `false` when the sweep has taken the upload over. */
  renewLease({ _id, ownerId }: UploadDoc, leaseUntil: Date): Promise<boolean> {
    return this.#update({ _id, ownerId, state: { $ne: "aborting" } }, { leaseUntil });
  }

  /**
   * From then on the upload is only ever published. Refused when it is no longer `receiving`, or when another request has raised the
   * fencing token of a resumable one.
   */
  decision(upload: PublishableUpload): Write {
    const { state, sizeBytes, sha256, crc32, leaseUntil, resumable } = upload;
    const { offset, tail, tailBytes } = resumable ?? {};
    const whole = {
      "resumable.offset": offset,
      "resumable.tail": tail,
      "resumable.tailBytes": tailBytes,
    };
    return requiredChange(this.#uploads, {
      filter: receivingBy(upload),
      update: { $set: { state, sizeBytes, sha256, crc32, leaseUntil, ...(resumable && whole) } },
    });
  }

  /** From then on the upload is only ever removed. `false` when it has left the state that it is given in. */
  decideToAbort({ _id, ownerId, state }: UploadDoc): Promise<boolean> {
    return this.#update({ _id, ownerId, state }, { state: "aborting" });
  }

  /** {@link decideToAbort} by the sweep: `false` also when the lease was renewed since the upload was read. */
  takeOverToAbort({ _id, ownerId, state, leaseUntil }: UploadDoc): Promise<boolean> {
    return this.#update({ _id, ownerId, state, leaseUntil }, { state: "aborting" });
  }

  /** {@link decideToAbort} for all resumable uploads by some links. Concatenations, of which all bytes have come, go on. */
  async abortByLinks(ownerId: Id, linkIds: readonly Id[], now: Date): Promise<void> {
    const isOpen = { state: "receiving", "resumable.fencingToken": { $gte: 0 } } as const;
    await this.#uploads.updateMany(
      { ownerId, actorId: { $in: [...linkIds] }, ...isOpen, "resumable.partIds": null },
      // The sweep takes over what nobody removes before.
      { $set: { state: "aborting", leaseUntil: now } },
    );
  }

  /** Some uploads by links that are to be removed, without their tails. */
  listAborting(ownerId: Id, linkIds: readonly Id[], limit: number): Promise<UploadDoc[]> {
    return this.#uploads
      .find(
        { ownerId, actorId: { $in: [...linkIds] }, state: "aborting" },
        { limit, batchSize: limit, projection: { "resumable.tail": 0 } },
      )
      .toArray();
  }

  /**
   * Raises the fencing token of a resumable upload: from then on the requests before can write nothing any more.
   *
   * @returns `null` when the upload is no longer `receiving`.
   */
  raiseFencingToken({ _id, ownerId }: Key): Promise<ResumableUploadDoc | null> {
    return this.#uploads.findOneAndUpdate(
      { _id, ownerId, state: "receiving", "resumable.fencingToken": { $gte: 0 } },
      { $inc: { "resumable.fencingToken": 1 } },
      { returnDocument: "after" },
    ) as Promise<ResumableUploadDoc | null>;
  }

  /** Records what has arrived. `false` when another request has raised the fencing token, or the upload is over. */
  advance(
    upload: ResumableUploadDoc,
    resumable: ResumableState,
    leaseUntil: Date,
  ): Promise<boolean> {
    return this.#update(receivingBy(upload), { resumable, leaseUntil });
  }

  /** Records the length of an upload that began without one. `false` as {@link advance}. */
  declareLength(upload: ResumableUploadDoc, bytes: number): Promise<boolean> {
    return this.#update(receivingBy(upload), { expectedBytes: Long.fromNumber(bytes) });
  }

  /** The uploads whose lease has ended, oldest first, without their tails. */
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

  /** Some uploads of an owner, in any state, without their tails. */
  listOwned(ownerId: Id, limit: number): Promise<UploadDoc[]> {
    return this.#uploads
      .find({ ownerId }, { limit, batchSize: limit, projection: { "resumable.tail": 0 } })
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

  /** Records that a resumable upload is over, and until when its client may ask for the result. Matches nothing when it was over before. */
  receipt({ _id, ownerId, sizeBytes }: PublishableUpload, fileId: Id, until: Date): Write {
    return change(this.#uploads, {
      filter: { _id, ownerId, state: "publishing" },
      update: {
        $set: { state: "published", fileId, leaseUntil: until, "resumable.offset": sizeBytes },
      },
    });
  }

  /** Matches nothing when the entry was removed before. */
  removal({ _id, ownerId }: Key): Write {
    return removal(this.#uploads, { _id, ownerId });
  }

  async remove(ownerId: Id, uploadId: Id): Promise<void> {
    await this.#uploads.deleteOne({ _id: uploadId, ownerId });
  }

  async #update(filter: Filter<UploadDoc>, fields: Partial<UploadDoc>): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne(filter, { $set: fields });
    return matchedCount === 1;
  }
}

/** Matches an upload while it is `receiving`; one that requests may take from each other, only while this request has it. */
function receivingBy({ _id, ownerId, resumable }: UploadDoc): Filter<UploadDoc> {
  const isFenced = resumable?.partIds === null;
  return {
    _id,
    ownerId,
    state: "receiving",
    ...(isFenced && { "resumable.fencingToken": resumable.fencingToken }),
  };
}
