import type { Collection, Db, IndexDescription } from "mongodb";
import { newId } from "../platform/ids.js";
import type { JobDoc, JobItem, JobItemDoc } from "./job.js";

/** The indexes of `jobItems`; the release process creates them. */
export const jobItemIndexes: readonly IndexDescription[] = [
  { key: { jobId: 1, n: 1 }, unique: true },
  { key: { ownerId: 1 } },
  { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
];

/** What became of the entries of jobs. */
export class JobItemsRepository {
  readonly #items: Collection<JobItemDoc>;

  constructor(db: Db) {
    this.#items = db.collection("jobItems");
  }

  /** Puts the items of a batch behind those before. A batch that is done again writes over what it has written. */
  async put(
    { _id: jobId, ownerId }: Pick<JobDoc, "_id" | "ownerId">,
    { items, from, expiresAt }: { items: readonly JobItem[]; from: number; expiresAt: Date },
  ): Promise<void> {
    if (items.length === 0) return;
    await this.#items.bulkWrite(
      items.map((item, index) => ({
        updateOne: {
          filter: { jobId, n: from + index },
          update: { $set: { ...item, ownerId, expiresAt }, $setOnInsert: { _id: newId() } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  /** Those from a place on. */
  list(
    { _id: jobId, ownerId }: Pick<JobDoc, "_id" | "ownerId">,
    { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
  ): Promise<JobItemDoc[]> {
    return this.#items
      .find(
        { jobId, ownerId, n: { $gte: from, $lt: to } },
        { sort: { n: 1 }, limit, batchSize: limit },
      )
      .toArray();
  }
}
