import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import { decodeCursor, type Page, pageOf } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import { insertUnlessTaken } from "../platform/mongo.js";
import { type Batch, type JobDoc, type JobProblem, type JobState, UNFINISHED } from "./job.js";

/** The indexes of `jobs`; the release process creates them. */
export const jobIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, createdAt: -1, _id: 1 } },
  { key: { ownerId: 1, state: 1 } },
  { key: { state: 1, leaseUntil: 1 } },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

const LIST = ["jobs"];

/** Whose jobs are meant, and by whom. */
export interface JobsKey {
  readonly ownerId: Id;
  readonly actorId: Id;
  /** The folder that the credential may not leave; `null` for none. */
  readonly rootFolderId: Id | null;
}

type Owned = Pick<JobDoc, "_id" | "ownerId">;
/** A job as the worker knows it that has claimed it. */
type Claimed = Owned & Pick<JobDoc, "fencingToken">;

/** How a job ends. */
export interface JobEnd extends Pick<JobDoc, "finishedAt" | "expiresAt"> {
  readonly state: JobState;
  readonly problem: JobProblem | null;
}

/** Jobs. Every query of a request names the owner. */
export class JobsRepository {
  readonly #jobs: Collection<JobDoc>;

  constructor(db: Db) {
    this.#jobs = db.collection("jobs");
  }

  async insert(job: JobDoc): Promise<void> {
    await insertUnlessTaken<JobDoc>(this.#jobs, job);
  }

  find(key: JobsKey, _id: Id, now: Date): Promise<JobDoc | null> {
    return this.#jobs.findOne({ _id, ...shownTo(key, now) });
  }

  /** The latest first. @throws InvalidCursorError */
  async list(
    key: JobsKey,
    { limit, cursor, now }: { limit: number; cursor?: string | undefined; now: Date },
  ): Promise<Page<JobDoc>> {
    const conditions: Filter<JobDoc>[] = [shownTo(key, now)];
    if (cursor !== undefined) {
      const { value, id } = decodeCursor(LIST, "number", cursor);
      const createdAt = new Date(Number(value));
      conditions.push({ createdAt: { $lte: createdAt } });
      conditions.push({
        $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $gt: id } }],
      });
    }
    const found = await this.#jobs
      .find({ $and: conditions }, { limit: limit + 1, singleBatch: true, batchSize: limit + 1 })
      .sort({ createdAt: -1, _id: 1 })
      .toArray();
    return pageOf(found, {
      limit,
      list: LIST,
      positionOf: ({ createdAt, _id }) => ({ value: createdAt.getTime(), id: _id }),
    });
  }

  /** How many jobs of an owner are not finished; counting stops at `most`. */
  countUnfinished(ownerId: Id, most: number): Promise<number> {
    return this.#jobs.countDocuments({ ownerId, state: { $in: UNFINISHED } }, { limit: most });
  }

  /** Stops a job. `false` when it is finished. */
  async cancel({ _id, ownerId }: Owned, end: JobEnd): Promise<boolean> {
    const filter = { _id, ownerId, state: { $in: UNFINISHED } };
    return (await this.#jobs.updateOne(filter, { $set: end })).matchedCount === 1;
  }

  /** Removes a job that is finished. Its items are found by nobody then, and expire. */
  async remove({ _id, ownerId }: Owned): Promise<void> {
    await this.#jobs.deleteOne({ _id, ownerId, state: { $nin: UNFINISHED } });
  }

  /** Starts or continues a job. `null` when it is finished, or when another worker has it. */
  claim(
    { _id, ownerId }: Owned,
    { now, leaseUntil }: { readonly now: Date; readonly leaseUntil: Date },
  ): Promise<JobDoc | null> {
    return this.#jobs.findOneAndUpdate(
      { _id, ownerId, state: { $in: UNFINISHED }, leaseUntil: { $lte: now } },
      {
        $set: { state: "running", leaseUntil },
        $inc: { fencingToken: 1, attempts: 1 },
      },
      { returnDocument: "after" },
    );
  }

  /** Says when the first worker began. */
  async begin({ _id, ownerId, fencingToken }: Claimed, startedAt: Date): Promise<void> {
    const filter = { _id, ownerId, fencingToken, startedAt: null };
    await this.#jobs.updateOne(filter, { $set: { startedAt } });
  }

  /**
   * Says what a batch has done, and that the next one follows or that the job is over, in one update.
   *
   * @returns `null` when the job was cancelled, or another worker has claimed it.
   */
  record(
    { _id, ownerId, fencingToken, progress }: JobDoc,
    { items, next, result }: Batch,
    after: Partial<JobEnd> & { readonly leaseUntil: Date },
  ): Promise<JobDoc | null> {
    const done = items.filter(({ status }) => status === "done").length;
    return this.#jobs.findOneAndUpdate(
      { _id, ownerId, state: "running", fencingToken },
      {
        $set: {
          ...{ ...after, position: next, attempts: 0 },
          ...(result !== undefined && { result }),
          ...(next === null && {
            "progress.total": progress.done + progress.failed + items.length,
          }),
        },
        $inc: { "progress.done": done, "progress.failed": items.length - done },
      },
      { returnDocument: "after" },
    );
  }

  /** Ends a job. `false` when it was cancelled, or another worker has claimed it. */
  async finish({ _id, ownerId, fencingToken }: Claimed, end: JobEnd): Promise<boolean> {
    const filter = { _id, ownerId, state: "running" as const, fencingToken };
    return (await this.#jobs.updateOne(filter, { $set: end })).matchedCount === 1;
  }

  /** Lets another worker go on at once. @param isCounted - Whether the attempt counts as one that came to nothing. */
  async leave(
    { _id, ownerId, fencingToken }: Claimed,
    { now, isCounted }: { readonly now: Date; readonly isCounted: boolean },
  ): Promise<void> {
    await this.#jobs.updateOne(
      { _id, ownerId, state: "running", fencingToken },
      { $set: { leaseUntil: now, ...(!isCounted && { attempts: 0 }) } },
    );
  }

  /** Unfinished jobs on which no worker has worked since an instant. */
  listLeft(before: Date, limit: number): Promise<JobDoc[]> {
    return this.#jobs
      .find(
        { state: { $in: UNFINISHED }, leaseUntil: { $lt: before } },
        { sort: { leaseUntil: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }
}

const shownTo = ({ ownerId, actorId, rootFolderId }: JobsKey, now: Date): Filter<JobDoc> => ({
  ownerId,
  actorId,
  ...(rootFolderId !== null && { rootFolderId }),
  $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }],
});
