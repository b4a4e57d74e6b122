import type { ObjectId } from "mongodb";
import type { BlobFileDoc, Bucket, QuarantineMark } from "./bucket.js";

/**
 * Which blobs nobody is given: the field `metadata.quarantine` of their `blobs.files` documents. Versions that share a blob share the mark, and what
 * opens a blob for a reader meets it, so one update ends all ways to the content.
 */
export class BlobQuarantine {
  readonly #files: Bucket["files"];

  constructor({ files }: Bucket) {
    this.#files = files;
  }

  /**
   * Withholds a blob from every reader. Where it is marked already, it keeps that mark.
   *
   * @returns the mark that it has now; `undefined` where an admin has released it in spite of that reason, or it is gone.
   */
  async mark(blobId: ObjectId, mark: QuarantineMark): Promise<QuarantineMark | undefined> {
    await this.#files.updateOne(
      {
        _id: blobId,
        "metadata.quarantine": { $exists: false },
        "metadata.released": { $ne: mark.reason },
      },
      { $set: { "metadata.quarantine": mark } },
    );
    return this.find(blobId);
  }

  /** `undefined` for a blob that is not in quarantine. */
  async find(blobId: ObjectId): Promise<QuarantineMark | undefined> {
    return (await this.restrictionsOf(blobId)).quarantine;
  }

  /** Those of some blobs that are in quarantine, in hexadecimal. */
  async listMarked(blobIds: readonly ObjectId[]): Promise<ReadonlySet<string>> {
    const marked = await this.#files
      .find(
        { _id: { $in: [...blobIds] }, "metadata.quarantine": { $exists: true } },
        { projection: { _id: 1 } },
      )
      .toArray();
    return new Set(marked.map(({ _id }) => _id.toHexString()));
  }

  /** What a copy of a blob has to take over. */
  async restrictionsOf(blobId: ObjectId): Promise<Restrictions> {
    const projection = { "metadata.quarantine": 1, "metadata.released": 1 };
    const file = await this.#files.findOne({ _id: blobId }, { projection });
    const { quarantine, released } = file?.metadata ?? {};
    return { ...(quarantine && { quarantine }), ...(released && { released }) };
  }

  /** Lets readers have a blob again, now and whenever the same is found in it. Nothing changes where it is not in quarantine. */
  async release(blobId: ObjectId): Promise<void> {
    const mark = await this.find(blobId);
    if (mark === undefined) return;
    await this.#files.updateOne(
      { _id: blobId, "metadata.quarantine.reason": mark.reason },
      {
        $unset: { "metadata.quarantine": "" },
        $addToSet: { "metadata.released": mark.reason },
      },
    );
  }

  /** The blobs in quarantine, those that came last first. */
  async list(limit: number): Promise<ObjectId[]> {
    const marked = await this.#files
      .find(
        { "metadata.quarantine.at": { $gt: new Date(0) } },
        { projection: { _id: 1 }, sort: { "metadata.quarantine.at": -1 }, limit, batchSize: limit },
      )
      .toArray();
    return marked.map(({ _id }) => _id);
  }
}

/** Whether readers may have a blob, and what they may have it in spite of. */
export type Restrictions = Pick<NonNullable<BlobFileDoc["metadata"]>, "quarantine" | "released">;
