import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import { type Id, newId } from "../platform/ids.js";
import { upserting } from "../platform/mongo.js";
import type { JobOf } from "./catalogue.js";

/** A document of `failedJobs`. */
export interface FailedJobDoc {
  readonly _id: Id;
  /** Tells the job apart from all others. */
  readonly key: string;
  readonly name: JobOf["name"];
  readonly data: JobOf["data"];
  readonly attempts: number;
  readonly errorCode: string;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly expiresAt: Date;
}

/** The indexes of `failedJobs`; the release process creates them. */
export const failedJobIndexes: readonly IndexDescription[] = [
  { name: "byKey", key: { key: 1 }, unique: true },
  { name: "byTime", key: { firstFailedAt: -1, _id: -1 } },
  { name: "byOwner", key: { "data.ownerId": 1 } },
  { name: "expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** What a worker knows of a job that it has given up. */
export type Failure = Pick<
  FailedJobDoc,
  "key" | "name" | "data" | "attempts" | "errorCode" | "lastFailedAt" | "expiresAt"
>;

interface After {
  readonly firstFailedAt: Date;
  readonly id: Id;
}

/** The jobs that were given up, in MongoDB: BullMQ would ignore a job of which it keeps a failed one. */
export class FailedJobsRepository {
  readonly #jobs: Collection<FailedJobDoc>;

  constructor(db: Db) {
    this.#jobs = db.collection("failedJobs");
  }

  /** Records a failure. One of a job that is recorded already is added to its record. @param most - How many records there may be. */
  async record({ key, attempts, lastFailedAt, ...failure }: Failure, most: number): Promise<void> {
    const isFull = (await this.#jobs.estimatedDocumentCount()) >= most;
    await upserting(() =>
      this.#jobs.updateOne(
        { key },
        {
          $set: { ...failure, lastFailedAt },
          $inc: { attempts },
          $setOnInsert: { _id: newId(), firstFailedAt: lastFailedAt },
        },
        { upsert: !isFull },
      ),
    );
  }

  /** The latest first. */
  list(after: After | undefined, limit: number): Promise<FailedJobDoc[]> {
    return this.#jobs
      .find(after === undefined ? {} : later(after), {
        sort: { firstFailedAt: -1, _id: -1 },
        limit,
        batchSize: limit,
      })
      .toArray();
  }

  /** Removes a record. @returns it; `null` when it does not exist, or when another caller removed it first. */
  take(id: Id): Promise<FailedJobDoc | null> {
    return this.#jobs.findOneAndDelete({ _id: id });
  }
}

const later = ({ firstFailedAt, id }: After): Filter<FailedJobDoc> => ({
  firstFailedAt: { $lte: firstFailedAt },
  $or: [{ firstFailedAt: { $lt: firstFailedAt } }, { firstFailedAt, _id: { $lt: id } }],
});
