import type { Collection, Db } from "mongodb";
import { isDuplicateKey } from "../platform/mongo-errors.js";

/** A document of `sweeps`. */
interface RoundDoc {
  readonly _id: string;
  readonly dueAt: Date;
}

/** When old events are removed again, by whichever process. */
export class RetentionRepository {
  readonly #sweeps: Collection<RoundDoc>;

  constructor(db: Db) {
    this.#sweeps = db.collection("sweeps");
  }

  /** Takes the round that is due, and says when the next one is. @returns whether one was due: of several processes one gets it. */
  async take(now: Date, next: Date): Promise<boolean> {
    const round = await this.#sweeps.findOne({ _id: "events" });
    if (round !== null && round.dueAt > now) return false;
    try {
      await this.#sweeps.updateOne(
        { _id: "events", dueAt: round?.dueAt ?? next },
        { $set: { dueAt: next } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
