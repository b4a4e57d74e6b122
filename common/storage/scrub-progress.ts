import { type Collection, type Db, Long, type ObjectId } from "mongodb";
import { isDuplicateKey } from "../platform/mongo.js";

/** The document of `sweeps` that says how far the scrub has come. */
interface ScrubDoc {
  _id: "scrub";
  /** Who is at it, and until when nobody else may be. */
  holder: string;
  leaseUntil: Date;
  /** The last blob of this round that was looked at; `null` at its beginning. */
  after?: ObjectId | null;
  startedAt?: Date;
  /** `null` while a round is under way. */
  endedAt?: Date | null;
  checkedBlobs?: number;
  checkedBytes?: Long;
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
   * @returns Where to go on; `undefined` when nothing is due, or somebody else is at it.
   */
  async begin(holder: string): Promise<{ readonly after: ObjectId | null } | undefined> {
    const held = await this.#take(holder);
    if (held === null) return undefined;
    const { after = null, startedAt, endedAt = null } = held;
    if (startedAt !== undefined && endedAt === null) return { after };
    const now = this.#deps.now();
    const isDue =
      startedAt === undefined || startedAt.getTime() + this.#deps.intervalMs <= now.getTime();
    if (!isDue) {
      await this.release(holder);
      return undefined;
    }
    const nothing = { checkedBlobs: 0, checkedBytes: Long.ZERO };
    const begun = { after: null, startedAt: now, endedAt: null, ...nothing };
    await this.#sweeps.updateOne({ _id: "scrub", holder }, { $set: begun });
    return { after: null };
  }

  /** Keeps others away for another lease. Resolves to `false` when somebody else is at it already. */
  async renew(holder: string): Promise<boolean> {
    const { matchedCount } = await this.#sweeps.updateOne(
      { _id: "scrub", holder },
      { $set: { leaseUntil: this.#leaseEnd() } },
    );
    return matchedCount === 1;
  }

  /** Counts a blob that was looked at. Resolves to `false` when somebody else is at it. */
  async advance(holder: string, after: ObjectId, checkedBytes: number): Promise<boolean> {
    const { matchedCount } = await this.#sweeps.updateOne(
      { _id: "scrub", holder },
      { $set: { after }, $inc: { checkedBlobs: 1, checkedBytes: Long.fromNumber(checkedBytes) } },
    );
    return matchedCount === 1;
  }

  /** @returns What the round came to. */
  async end(holder: string): Promise<ScrubFigures> {
    const ended = await this.#sweeps.findOneAndUpdate(
      { _id: "scrub", holder },
      { $set: { endedAt: this.#deps.now() } },
      { returnDocument: "after" },
    );
    return {
      checkedBlobs: ended?.checkedBlobs ?? 0,
      checkedBytes: Number(ended?.checkedBytes ?? 0),
    };
  }

  /** Lets others go on at once. */
  async release(holder: string): Promise<void> {
    await this.#sweeps.updateOne({ _id: "scrub", holder }, { $set: { leaseUntil: new Date(0) } });
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
