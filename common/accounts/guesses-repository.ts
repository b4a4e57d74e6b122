import type { Collection, Db, IndexDescription } from "mongodb";
import { upserting } from "../platform/mongo.js";

/** The indexes of `signInAttempts`; the release process creates them. */
export const signInAttemptIndexes: readonly IndexDescription[] = [
  { name: "expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** A count of failures, or a network that an account has signed in from. The id is a digest: neither name nor address is stored. */
export interface SignInAttemptDoc {
  readonly _id: string;
  readonly failures: number;
  /** Until when nothing is tried; `null` while the failures are few. */
  readonly blockedUntil: Date | null;
  readonly expiresAt: Date;
  /** Until when no further refusal is written into the audit log. Missing where none was. */
  readonly notedUntil?: Date;
}

/** What is known of failed and successful sign-ins, in MongoDB: Redis may be wiped. */
export class GuessesRepository {
  readonly #attempts: Collection<SignInAttemptDoc>;

  constructor(db: Db) {
    this.#attempts = db.collection("signInAttempts");
  }

  find(ids: readonly string[]): Promise<SignInAttemptDoc[]> {
    return this.#attempts.find({ _id: { $in: [...ids] } }).toArray();
  }

  /** @returns How many failures there are now. */
  async addFailure(id: string, expiresAt: Date): Promise<number> {
    const doc = await upserting(() =>
      this.#attempts.findOneAndUpdate(
        { _id: id },
        { $inc: { failures: 1 }, $max: { expiresAt }, $setOnInsert: { blockedUntil: null } },
        { upsert: true, returnDocument: "after" },
      ),
    );
    return doc?.failures ?? 1;
  }

  /** A block only becomes longer. */
  async block(id: string, until: Date): Promise<void> {
    await this.#attempts.updateOne({ _id: id }, { $max: { blockedUntil: until } });
  }

  /** Compare-and-set. @returns `false` when another refusal was noted since, or the count is gone. */
  async note(id: string, { at, until }: { at: Date; until: Date }): Promise<boolean> {
    const { matchedCount } = await this.#attempts.updateOne(
      { _id: id, $or: [{ notedUntil: { $exists: false } }, { notedUntil: { $lte: at } }] },
      { $set: { notedUntil: until } },
    );
    return matchedCount === 1;
  }

  async forget(id: string): Promise<void> {
    await this.#attempts.deleteOne({ _id: id });
  }

  /** Remembers a network; again, for longer. */
  async know(id: string, expiresAt: Date): Promise<void> {
    await upserting(() =>
      this.#attempts.updateOne(
        { _id: id },
        { $max: { expiresAt }, $setOnInsert: { failures: 0, blockedUntil: null } },
        { upsert: true },
      ),
    );
  }
}
