import { Binary, type Collection, type Db, Long, type UpdateFilter } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { PublishableUpload, ResumableUploadDoc } from "./upload.js";

/** How far an upload has come: see `ResumableState`. */
export interface Progress {
  readonly offset: number;
  readonly tail: Uint8Array;
  readonly tailBytes: number;
  readonly digestState: Uint8Array;
  readonly touchedAt: Date;
}

/** What happens in the ledger to uploads that are continued by one request after the other. */
export class ResumableRepository {
  readonly #uploads: Collection<ResumableUploadDoc>;

  constructor(db: Db) {
    this.#uploads = db.collection("uploads");
  }

  find(ownerId: Id, uploadId: Id): Promise<ResumableUploadDoc | null> {
    return this.#uploads.findOne({ _id: uploadId, ownerId, "resumable.writer": { $gte: 0 } });
  }

  /** Keeps out, from now on, whoever worked on the upload before. `null` when there is nothing to go on with. */
  beginWriting(ownerId: Id, uploadId: Id): Promise<ResumableUploadDoc | null> {
    return this.#uploads.findOneAndUpdate(
      { _id: uploadId, ownerId, state: "receiving", "resumable.writer": { $gte: 0 } },
      { $inc: { "resumable.writer": 1 } },
      { returnDocument: "after" },
    );
  }

  /** Records what has arrived. `false` when somebody else works on the upload by now, or it is over. */
  advance(upload: ResumableUploadDoc, progress: Progress, expiresAt: Date): Promise<boolean> {
    return this.#update(upload, {
      "resumable.offset": Long.fromNumber(progress.offset),
      "resumable.tail": new Binary(progress.tail),
      "resumable.tailBytes": progress.tailBytes,
      "resumable.digestState": new Binary(progress.digestState),
      "resumable.touchedAt": progress.touchedAt,
      leaseUntil: expiresAt,
    });
  }

  /** Says how long an upload will be whose length was not known. `false` as {@link advance}. */
  declareLength(upload: ResumableUploadDoc, bytes: number): Promise<boolean> {
    return this.#update(upload, { expectedBytes: Long.fromNumber(bytes) });
  }

  /** Compare-and-set: from then on the upload is only ever finished. `null` as {@link advance}. */
  async decideToPublish(
    upload: ResumableUploadDoc,
    { sizeBytes, sha256 }: WrittenBlob,
    leaseUntil: Date,
  ): Promise<(ResumableUploadDoc & PublishableUpload) | null> {
    const decided = await this.#uploads.findOneAndUpdate(
      whereWriter(upload),
      {
        $set: {
          state: "publishing" as const,
          sizeBytes: Long.fromNumber(sizeBytes),
          sha256,
          "resumable.offset": Long.fromNumber(sizeBytes),
          "resumable.tail": new Binary(),
          "resumable.tailBytes": 0,
          leaseUntil,
        },
      },
      { returnDocument: "after" },
    );
    return decided as (ResumableUploadDoc & PublishableUpload) | null;
  }

  async #update(
    upload: ResumableUploadDoc,
    fields: NonNullable<UpdateFilter<ResumableUploadDoc>["$set"]>,
  ): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne(whereWriter(upload), { $set: fields });
    return matchedCount === 1;
  }
}

const whereWriter = ({ _id, ownerId, resumable }: ResumableUploadDoc) => ({
  _id,
  ownerId,
  state: "receiving" as const,
  "resumable.writer": resumable.writer,
});
