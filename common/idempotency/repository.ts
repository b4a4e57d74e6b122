import type { Collection, Db, IndexDescription } from "mongodb";
import { newId, type Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { requiredChange, type Write } from "../platform/write.js";
import type { IdempotencyEntry, KeyedFile, StoredAnswer } from "./entry.js";

export const idempotencyIndexes: readonly IndexDescription[] = [
  { key: { actorId: 1, key: 1 }, unique: true },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** Which try works on a request until when, and when its entry expires. */
export type Hold = Pick<IdempotencyEntry, "attempt" | "leaseUntil" | "expiresAt">;

type Held = Pick<IdempotencyEntry, "_id" | "actorId" | "attempt">;

/** All changes but the first are compare-and-sets: `false` when another try has taken the request over. */
export class IdempotencyRepository {
  readonly #entries: Collection<IdempotencyEntry>;

  constructor(db: Db) {
    this.#entries = db.collection("idempotencyKeys");
  }

  /** Resolves to `false` when the key is taken. */
  insert(entry: IdempotencyEntry): Promise<boolean> {
    return insertUnlessTaken(this.#entries, entry);
  }

  find(actorId: Id, key: string): Promise<IdempotencyEntry | null> {
    return this.#entries.findOne({ actorId, key });
  }

  /** `null` when another try was faster, or the lease was renewed since the entry was read. */
  takeOver(
    { _id, actorId, attempt, leaseUntil }: IdempotencyEntry,
    hold: Hold,
  ): Promise<IdempotencyEntry | null> {
    return this.#entries.findOneAndUpdate(
      { _id, actorId, attempt, leaseUntil, answer: null },
      { $set: hold },
      { returnDocument: "after" },
    );
  }

  renew(entry: Held, times: Omit<Hold, "attempt">): Promise<boolean> {
    return this.#update(entry, times);
  }

  /** Files before it that were never set become `null`. */
  setFile(entry: Held, index: number, file: KeyedFile): Promise<boolean> {
    return this.#update(entry, { [`files.${index}`]: file });
  }

  /** {@link setFile} among other writes. Refused when another try has taken the request over. */
  fileWrite({ _id, actorId, attempt }: Held, index: number, file: KeyedFile): Write {
    return requiredChange(this.#entries, {
      filter: { _id, actorId, attempt, answer: null },
      update: { $set: { [`files.${index}`]: file } as object },
    });
  }

  finish(entry: Held, answer: StoredAnswer, expiresAt: Date): Promise<boolean> {
    return this.#update(entry, { answer, expiresAt });
  }

  /** Lets the next try begin at once. What this one still writes is refused. */
  release(entry: Held, now: Date): Promise<boolean> {
    return this.#update(entry, { attempt: newId(), leaseUntil: now });
  }

  /** As if there had been no request. */
  async remove({ _id, actorId, attempt }: Held): Promise<void> {
    await this.#entries.deleteOne({ _id, actorId, attempt });
  }

  async #update({ _id, actorId, attempt }: Held, fields: object): Promise<boolean> {
    const { matchedCount } = await this.#entries.updateOne(
      { _id, actorId, attempt, answer: null },
      { $set: fields },
    );
    return matchedCount === 1;
  }
}
