import type { Collection, Document, Filter, Sort } from "mongodb";
import { isOutcomeUnknown } from "./mongo.js";

/** What to find; `limit` documents at most, which have to fit into one answer (16 MiB). */
export interface BatchQuery<T> {
  readonly filter: Filter<T>;
  readonly limit: number;
  readonly sort?: Sort;
  readonly projection?: Readonly<Record<string, 0 | 1>>;
  /** The index to use, by its key. */
  readonly hint?: Readonly<Record<string, 1 | -1>>;
  /** Whether binary data come as a Buffer instead of a Binary. */
  readonly promoteBuffers?: boolean;
}

/**
 * Finds a few documents with one command. `find` and `findOne` make a cursor each time, which costs this process nearly as much again as
 * the command: where requests are many, that shows. As they do, it asks once more when the connection breaks.
 *
 * @typeParam Found - A document of the collection, as the projection leaves it.
 */
export async function findBatch<Found extends Document, T extends Document = Found>(
  collection: Collection<T>,
  { promoteBuffers = false, ...query }: BatchQuery<T>,
): Promise<Found[]> {
  const { db, collectionName } = collection;
  // Without a size, a batch ends after 101 documents.
  const command = { find: collectionName, ...query, batchSize: query.limit, singleBatch: true };
  const find = async () => {
    const reply = await db.command(command, { promoteBuffers });
    return (reply as { cursor: { firstBatch: Found[] } }).cursor.firstBatch;
  };
  try {
    return await find();
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    return find();
  }
}
