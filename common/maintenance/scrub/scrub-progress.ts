import { Binary, type Collection, type Db, Long, type ObjectId, type UpdateFilter } from "mongodb";
import { isDuplicateKey } from "../../platform/mongo-errors.js";
import type { ReadPosition } from "./content-reading.js";

/** What came of a blob: `unchecked` where the key is missing; `gone` where it is not there any more, or not to be judged now. */
export const VERDICTS = ["sound", "damaged", "unchecked", "gone"] as const;

export type Verdict = (typeof VERDICTS)[number];

/** The document of `sweeps` that says how far the scrub has come. */
interface ScrubDoc {
  _id: "scrub";
  /** Who is at it, and until when nobody else may be. */
  holder: string;
  leaseUntil: Date;
  /** The last blob of this round that was checked; `null` at its beginning. */
  after?: ObjectId | null;
  /** How far the blob behind that was read; `null` where it was not begun. */
  within?: { blobId: ObjectId; offset: Long; digestState: Binary | null } | null;
  startedAt?: Date;
  /** `null` while a round is under way. */
  endedAt?: Date | null;
  checkedBlobs?: number;
  checkedBytes?: Long;
  /** The last round that read everything. */
  completed?: { startedAt: Date; endedAt: Date };
  /** Of all rounds together. */
  totals?: Partial<Record<Verdict | "bytes", Long>>;
}

/** Where a round goes on. */
export interface ScrubPosition {
  /** The last blob that was checked; `null` at the beginning. */
  readonly after: ObjectId | null;
  /** The blob behind it that was read in part, and how far. */
  readonly within?: ReadPosition & { readonly blobId: ObjectId };
}

/** A blob that was checked, and how many bytes of it were read since they were last counted. */
export interface CheckedBlob {
  readonly blobId: ObjectId;
  readonly verdict: Verdict;
  readonly bytes: number;
}

/** What the scrub has done until now, by whatever process. Totals are of all rounds together. */
export interface ScrubRecord {
  readonly roundStartedAt: Date | undefined;
  readonly completed: { readonly startedAt: Date; readonly endedAt: Date } | undefined;
  readonly totalBytes: number;
  readonly totalBlobs: Readonly<Record<Verdict, number>>;
}

/** How much was done. */
export interface ScrubFigures {
  readonly checkedBlobs: number;
  readonly checkedBytes: number;
}

interface Deps {
  readonly db: Db;
  readonly now: () => Date;
  readonly leaseMs: number;
  /** The shortest time from the beginning of one round to that of the next. */
  readonly intervalMs: number;
}

/** How far the scrub has come, and who of all workers goes on with it. */
export class ScrubProgress {
  readonly #sweeps: Collection<ScrubDoc>;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#sweeps = deps.db.collection("sweeps");
  }

  /**
   * Takes the scrub for oneself, and begins a round where one is due.
   *
   * @returns Where to go on; `undefined` when nothing is due, or another process is scrubbing.
   */
  async begin(holder: string): Promise<ScrubPosition | undefined> {
    const held = await this.#take(holder);
    if (held === null) return undefined;
    const { startedAt, endedAt = null } = held;
    if (startedAt !== undefined && endedAt === null) return positionIn(held);
    const now = this.#deps.now();
    const isDue =
      startedAt === undefined || startedAt.getTime() + this.#deps.intervalMs <= now.getTime();
    if (!isDue) {
      await this.release(holder);
      return undefined;
    }
    const nothing = { checkedBlobs: 0, checkedBytes: Long.ZERO };
    const begun = { after: null, within: null, startedAt: now, endedAt: null, ...nothing };
    await this.#update(holder, { $set: begun });
    return { after: null };
  }

  /** Keeps others away for another lease. Resolves to `false` when somebody else is at it already. */
  renew(holder: string): Promise<boolean> {
    return this.#update(holder, { $set: { leaseUntil: this.#leaseEnd() } });
  }

  /** Counts a blob that was checked. Resolves to `false` when another process has taken over. */
  advance(holder: string, { blobId, verdict, bytes }: CheckedBlob): Promise<boolean> {
    return this.#update(holder, {
      $set: { after: blobId, within: null },
      $inc: { checkedBlobs: 1, [`totals.${verdict}`]: Long.ONE, ...counted(bytes) },
    });
  }

  /**
   * Keeps how far a blob was read, so that the next run need not begin it again.
   *
   * @param bytes - How many were read since the last were counted.
   * @returns `false` when somebody else is at it.
   */
  keepPosition(
    holder: string,
    { blobId, offset, digestState }: NonNullable<ScrubPosition["within"]>,
    bytes: number,
  ): Promise<boolean> {
    const state = digestState === null ? null : new Binary(digestState);
    const within = { blobId, offset: Long.fromNumber(offset), digestState: state };
    return this.#update(holder, { $set: { within }, $inc: counted(bytes) });
  }

  /** @returns What the round came to. */
  async end(holder: string): Promise<ScrubFigures> {
    const round = await this.#sweeps.findOne({ _id: "scrub", holder });
    const { startedAt, checkedBlobs = 0, checkedBytes = 0 } = round ?? {};
    if (startedAt !== undefined) {
      const endedAt = this.#deps.now();
      await this.#update(holder, { $set: { endedAt, completed: { startedAt, endedAt } } });
    }
    return { checkedBlobs, checkedBytes: Number(checkedBytes) };
  }

  /** Lets others go on at once. */
  async release(holder: string): Promise<void> {
    await this.#update(holder, { $set: { leaseUntil: new Date(0) } });
  }

  /** Resolves to `false`, and changes nothing, when somebody else is at it. */
  async #update(holder: string, change: UpdateFilter<ScrubDoc>): Promise<boolean> {
    const { matchedCount } = await this.#sweeps.updateOne({ _id: "scrub", holder }, change);
    return matchedCount === 1;
  }

  async #take(holder: string): Promise<ScrubDoc | null> {
    try {
      return await this.#sweeps.findOneAndUpdate(
        { _id: "scrub", leaseUntil: { $lt: this.#deps.now() } },
        { $set: { holder, leaseUntil: this.#leaseEnd() } },
        { upsert: true, returnDocument: "after" },
      );
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  #leaseEnd(): Date {
    return new Date(this.#deps.now().getTime() + this.#deps.leaseMs);
  }
}

/** What a process finds of it that does not scrub itself. */
export async function readScrubRecord(db: Db): Promise<ScrubRecord> {
  const document = await db.collection<ScrubDoc>("sweeps").findOne({ _id: "scrub" });
  const { startedAt, completed, totals = {} } = document ?? {};
  const count = (what: Verdict | "bytes") => Number(totals[what] ?? 0);
  return {
    roundStartedAt: startedAt,
    completed,
    totalBytes: count("bytes"),
    totalBlobs: {
      sound: count("sound"),
      damaged: count("damaged"),
      unchecked: count("unchecked"),
      gone: count("gone"),
    },
  };
}

function positionIn({ after = null, within = null }: ScrubDoc): ScrubPosition {
  if (within === null) return { after };
  const { blobId, offset, digestState } = within;
  return {
    after,
    within: { blobId, offset: Number(offset), digestState: digestState?.value() ?? null },
  };
}

const counted = (bytes: number) => ({
  checkedBytes: Long.fromNumber(bytes),
  "totals.bytes": Long.fromNumber(bytes),
});
