import type { Collection, Db, IndexDescription, ObjectId } from "mongodb";
import { upserting } from "../platform/mongo.js";
import type { Bucket } from "../storage/bucket.js";

const MOST_BLOBS_PER_RUN = 1000;

/** A document of `orphans`: chunks of a blob that nothing speaks of, and since when that is known. */
interface OrphanDoc {
  _id: ObjectId;
  seenAt: Date;
}

/** A document of `sweeps`: how far a walk through a collection has come. */
interface SweepDoc {
  _id: string;
  after: ObjectId | null;
}

export const orphanIndexes: readonly IndexDescription[] = [{ key: { seenAt: 1 } }];

interface Deps {
  readonly db: Db;
  readonly bucket: Bucket;
  readonly isExpected: (blobId: ObjectId) => Promise<boolean>;
  readonly removeBlob: (blobId: ObjectId) => Promise<void>;
  readonly graceMs: number;
  readonly now: () => Date;
}

/**
 * Removes chunks that belong to no blob: an insert that landed after its upload had been cleaned up, or one of another GridFS
 * tool that was never finished. Each run walks over some blobs, from where the last one stopped; what it finds is only noted,
 * and removed when it is still an orphan after the grace time.
 */
export class OrphanSweep {
  readonly #deps: Deps;
  readonly #orphans: Collection<OrphanDoc>;
  readonly #sweeps: Collection<SweepDoc>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#orphans = deps.db.collection("orphans");
    this.#sweeps = deps.db.collection("sweeps");
  }

  /** @returns How many blobs' chunks were removed. */
  async run(signal: AbortSignal): Promise<number> {
    await this.#note(signal);
    return this.#removeOld(signal);
  }

  async #note(signal: AbortSignal): Promise<void> {
    const position = await this.#sweeps.findOne({ _id: "orphans" });
    let after = position?.after ?? null;
    for (let seen = 0; seen < MOST_BLOBS_PER_RUN; seen += 1) {
      signal.throwIfAborted();
      after = await this.#nextBlob(after);
      if (after === null) break;
      if (await this.#isOrphan(after)) {
        await this.#noteOrphan(after);
      }
    }
    await upserting(() =>
      this.#sweeps.updateOne({ _id: "orphans" }, { $set: { after } }, { upsert: true }),
    );
  }

  async #noteOrphan(_id: ObjectId): Promise<void> {
    const noted = { $setOnInsert: { seenAt: this.#deps.now() } };
    await upserting(() => this.#orphans.updateOne({ _id }, noted, { upsert: true }));
  }

  async #removeOld(signal: AbortSignal): Promise<number> {
    const before = new Date(this.#deps.now().getTime() - this.#deps.graceMs);
    let removed = 0;
    const old = await this.#orphans
      .find({ seenAt: { $lte: before } }, { sort: { seenAt: 1 }, limit: MOST_BLOBS_PER_RUN })
      .toArray();
    for (const { _id } of old) {
      signal.throwIfAborted();
      if (await this.#isOrphan(_id)) {
        await this.#deps.removeBlob(_id);
        removed += 1;
      }
      await this.#orphans.deleteOne({ _id });
    }
    return removed;
  }

  /** One look-up by index a blob, however many chunks it has. */
  async #nextBlob(after: ObjectId | null): Promise<ObjectId | null> {
    const chunk = await this.#deps.bucket.chunks.findOne(
      after === null ? {} : { files_id: { $gt: after } },
      { sort: { files_id: 1, n: 1 }, projection: { _id: 0, files_id: 1 } },
    );
    return chunk?.files_id ?? null;
  }

  /**
   * The ledger and the versions are asked first: an upload leaves the ledger only after its blob is committed, or its chunks
   * are gone. A copy that no version names is an orphan even when it was committed: what it was to replace changed.
   * An archive may hold it still.
   */
  async #isOrphan(blobId: ObjectId): Promise<boolean> {
    if (await this.#deps.isExpected(blobId)) return false;
    const file = await this.#deps.bucket.files.findOne({ _id: blobId });
    if (file === null) return true;
    const isHeld = (file.metadata?.archiveIds ?? []).length > 0;
    return file.metadata?.copyOf !== undefined && !isHeld;
  }
}
