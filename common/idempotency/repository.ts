import type { Collection, Db, IndexDescription } from "mongodb";
import { newId, type Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import type { IdempotencyEntry, KeyedFile, StoredAnswer } from "./entry.js";

export const idempotencyIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, key: 1 }, unique: true },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** Who works on a request, and how long the request is remembered from now on. */
export type Hold = Pick<IdempotencyEntry, "attempt" | "leaseUntil" | "expiresAt">;

type Held = Pick<IdempotencyEntry, "_id" | "ownerId" | "attempt">;

/** All changes but the first are compare-and-sets: `false` when another try works on the request by now. */
export class IdempotencyRepository {
  readonly #entries: Collection<IdempotencyEntry>;

  constructor(db: Db) {
    this.#entries = db.collection("idempotencyKeys");
  }

  /** Resolves to `false` when the key is taken. */
  insert(entry: IdempotencyEntry): Promise<boolean> {
    return insertUnlessTaken(this.#entries, entry);
  }

  find(ownerId: Id, key: string): Promise<IdempotencyEntry | null> {
    return this.#entries.findOne({ ownerId, key });
  }

  /** `null` when somebody was faster, or the lease was renewed since the entry was read. */
  takeOver(
    { _id, ownerId, attempt, leaseUntil }: IdempotencyEntry,
    hold: Hold,
  ): Promise<IdempotencyEntry | null> {
    return this.#entries.findOneAndUpdate(
      { _id, ownerId, attempt, leaseUntil, answer: null },
      { $set: hold },
      { returnDocument: "after" },
    );
  }

  renew(entry: Held, times: Omit<Hold, "attempt">): Promise<boolean> {
    return this.#update(entry, times);
  }

  setFile(entry: Held, index: number, file: KeyedFile): Promise<boolean> {
    return this.#update(entry, { [`files.${index}`]: file });
  }

  finish(entry: Held, answer: StoredAnswer, expiresAt: Date): Promise<boolean> {
    return this.#update(entry, { answer, expiresAt });
  }

  /** Lets the next try begin at once. What this one still writes comes too late. */
  release(entry: Held, now: Date): Promise<boolean> {
    return this.#update(entry, { attempt: newId(), leaseUntil: now });
  }

  /** Forgets the request. */
  async remove({ _id, ownerId, attempt }: Held): Promise<void> {
    await this.#entries.deleteOne({ _id, ownerId, attempt });
  }

  async #update({ _id, ownerId, attempt }: Held, fields: object): Promise<boolean> {
    const { matchedCount } = await this.#entries.updateOne(
      { _id, ownerId, attempt, answer: null },
      { $set: fields },
    );
    return matchedCount === 1;
  }
}
