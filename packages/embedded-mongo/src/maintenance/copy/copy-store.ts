import type { MongoClient } from "mongodb";
import { StoreError } from "../../storage/store-error.js";
import type { Collection } from "../../storage/collection.js";
import type { Snapshot } from "../../storage/snapshot.js";
import { type CopiedDocuments, copyDocuments, type CopyProgress } from "./copy-documents.js";
import { copyIndexes } from "./copy-indexes.js";

export interface CopyOptions {
  /** Goes on with a copy that was interrupted: documents that the target has already must be the same. */
  readonly isResumed: boolean;
  readonly onProgress: (progress: CopyProgress) => void;
}

export interface CopyResult {
  readonly collections: number;
  /** All that are now at the target. */
  readonly documents: number;
  /** Of those: were there before, from an earlier run. */
  readonly alreadyThere: number;
  readonly bytes: number;
  readonly indexes: number;
  /** What is not at the target as it is here; one sentence each. */
  readonly faults: readonly string[];
}

/**
 * Copies every collection into a MongoDB server: documents, then, when their number was found right there, indexes.
 * (A TTL index would else remove documents before they were counted.) Everything is acknowledged as the client's write
 * concern says.
 *
 * @throws StoreError when the target has documents already and this is no resumed copy; errors of the driver.
 */
export async function copyStore(
  snapshot: Snapshot,
  client: MongoClient,
  { isResumed, onProgress }: CopyOptions,
): Promise<CopyResult> {
  const { collections } = snapshot;
  if (!isResumed) await requireEmpty(client, collections);
  const faults: string[] = [];
  const sum = { documents: 0, alreadyThere: 0, bytes: 0, indexes: 0 };
  for (const collection of collections) {
    const target = client.db(collection.database).collection(collection.name);
    const copied = await copyDocuments(snapshot, { collection, target, onProgress });
    faults.push(...copied.faults, ...(await countAgain(collection, client, copied)));
    sum.indexes += await copyIndexes(collection, client);
    sum.documents += copied.documents;
    sum.alreadyThere += copied.alreadyThere;
    sum.bytes += copied.bytes;
  }
  return { collections: collections.length, ...sum, faults };
}

async function requireEmpty(
  client: MongoClient,
  collections: readonly Collection[],
): Promise<void> {
  for (const { database, name, namespace } of collections) {
    const found = await client
      .db(database)
      .collection(name)
      .findOne({}, { projection: { _id: 1 } });
    if (found !== null)
      throw new StoreError(
        `The target has documents in ${namespace} already. Remove them, or, if they come from a copy that was interrupted, add --resume`,
      );
  }
}

async function countAgain(
  { database, name, namespace }: Collection,
  client: MongoClient,
  copied: CopiedDocuments,
): Promise<string[]> {
  const count = await client.db(database).collection(name).countDocuments({});
  if (count === copied.documents) return [];
  return [`${namespace}: the target has ${count} documents, not ${copied.documents}`];
}
