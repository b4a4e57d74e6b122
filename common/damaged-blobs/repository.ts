import type { Collection, Db, IndexDescription, ObjectId } from "mongodb";
import { upserting } from "../platform/mongo.js";
import type { DamagedContentError } from "../storage/errors.js";

/** Lets them be counted. */
export const damageIndexes: readonly IndexDescription[] = [{ key: { kind: 1 } }];

/**
 * - `unreadable`: a reader met damage; the scrub has yet to say which.
 * - `missing-document`: a version names the blob, and its `blobs.files` document is not there.
 * - `missing-version`: the blob is there, and neither a version nor an upload names it.
 * - `missing-chunks`, `duplicate-chunks`, `additional-chunks`: not each chunk is there once.
 * - `altered`: all is there, and is not what was written.
 */
export const DAMAGE_KINDS = [
  "unreadable",
  "missing-document",
  "missing-version",
  "missing-chunks",
  "duplicate-chunks",
  "additional-chunks",
  "altered",
] as const;

export type DamageKind = (typeof DAMAGE_KINDS)[number];

/** What is wrong with a blob; `reason` is for the operator. */
export interface Damage {
  readonly kind: DamageKind;
  readonly reason: string;
}

/** A document of `damagedBlobs`, by blob id: what the operator has to look after. */
export interface DamagedBlobDoc extends Damage {
  readonly _id: ObjectId;
  readonly foundAt: Date;
}

interface Deps {
  readonly db: Db;
  readonly now: () => Date;
}

/** The blobs that are known to be damaged. */
export class DamagedBlobs {
  readonly #damaged: Collection<DamagedBlobDoc>;
  readonly #now: () => Date;

  constructor({ db, now }: Deps) {
    this.#damaged = db.collection("damagedBlobs");
    this.#now = now;
  }

  /** Notes what a reader met, unless more is known. */
  async noteUnreadable({ blobId, reason }: DamagedContentError): Promise<void> {
    await upserting(() =>
      this.#damaged.updateOne(
        { _id: blobId },
        { $setOnInsert: { kind: "unreadable", reason, foundAt: this.#now() } },
        { upsert: true },
      ),
    );
  }

  async note(blobId: ObjectId, { kind, reason }: Damage): Promise<void> {
    await upserting(() =>
      this.#damaged.updateOne(
        { _id: blobId },
        { $set: { kind, reason }, $setOnInsert: { foundAt: this.#now() } },
        { upsert: true },
      ),
    );
  }

  /** The blob is sound again, or gone. */
  async clear(blobId: ObjectId): Promise<void> {
    await this.#damaged.deleteOne({ _id: blobId });
  }

  /** How many of a kind there are; counting stops at `most`. */
  count(kind: DamageKind, most: number): Promise<number> {
    return this.#damaged.countDocuments({ kind }, { limit: most });
  }

  /** All of them, oldest finding first. */
  list(): Promise<DamagedBlobDoc[]> {
    return this.#damaged.find({}, { sort: { foundAt: 1, _id: 1 } }).toArray();
  }
}
