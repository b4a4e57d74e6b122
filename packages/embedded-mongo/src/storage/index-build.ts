import { CommandError } from "../errors.js";
import type { Catalogue } from "./catalogue.js";
import type { Collection } from "./collection.js";
import { DuplicateKeyError } from "./duplicate-key-error.js";
import { boundsOfId, documentKey, encodeRecord, indexKey, recordOfDocumentKey } from "./layout.js";
import type { StoredIndex } from "./stored-index.js";
import type { Transaction } from "./transaction.js";
import type { WriteQueue } from "./write-queue.js";

export interface IndexTarget {
  readonly collection: Collection;
  readonly index: StoredIndex;
}

export interface IndexBuild extends IndexTarget {
  /** Called between two transactions; throws to give up. */
  readonly check: () => void;
}

/** Documents that one transaction looks at before it asks whether its time is over. */
const STRIDE = 16;

/**
 * Fills an index that was added to the catalogue, a slice of documents per transaction. Writes maintain the index
 * meanwhile, so that a document is entered by whoever comes first. An index that cannot be completed is dropped.
 *
 * @throws DuplicateKeyError, CommandError 171 (from the keys of some document), and what `check` throws.
 */
export async function buildIndex(
  writes: WriteQueue,
  catalogue: Catalogue,
  target: IndexBuild,
): Promise<void> {
  try {
    let next = 0;
    while (next >= 0) {
      target.check();
      const from = next;
      next = await writes.run((transaction) => buildSlice(transaction, target, from));
    }
    await writes.run((transaction) => {
      finishBuild(transaction, target);
    });
  } catch (error) {
    await writes.run((transaction) => {
      dropUnfinished(transaction, catalogue, target);
    });
    throw error;
  }
}

function dropUnfinished(transaction: Transaction, catalogue: Catalogue, target: IndexTarget): void {
  // By id: a transaction that failed meanwhile has put other objects into the catalogue.
  const collection = catalogue.find(target.collection.namespace);
  const index = collection?.indexes.find(({ id }) => id === target.index.id);
  if (collection !== undefined && index !== undefined)
    catalogue.dropIndex(transaction, collection, index);
}

function isStillThere({ collection, index }: IndexTarget): boolean {
  return !collection.isDropped && collection.indexes.includes(index);
}

/** Enters documents from record number `from` on; returns where to go on, or -1 at the end. */
function buildSlice(transaction: Transaction, target: IndexTarget, from: number): number {
  if (!isStillThere(target))
    throw new CommandError("OperationFailed", "The collection or index was dropped");
  const { documents } = transaction.environment;
  const bounds = {
    start: documentKey(target.collection.id, from),
    end: boundsOfId(target.collection.id).end,
  };
  transaction.touch(target.collection);
  let record = from - 1;
  let seen = 0;
  for (const { key, value } of documents.getRange(bounds)) {
    if (++seen % STRIDE === 0 && transaction.isOver) return record + 1;
    record = recordOfDocumentKey(key);
    enter(transaction, target, { record, document: value });
  }
  return -1;
}

function enter(
  transaction: Transaction,
  { collection, index }: IndexTarget,
  { record, document }: { record: number; document: Buffer },
): void {
  const { indexes } = transaction.environment;
  const value = encodeRecord(record);
  for (const fields of index.keysOf(document)) {
    const key = indexKey(index.id, fields, index.isUnique ? undefined : record);
    const holder = index.isUnique ? indexes.getBinary(key) : undefined;
    if (holder !== undefined && !holder.equals(value))
      throw new DuplicateKeyError(collection.namespace, index, document);
    indexes.putSync(key, value);
    transaction.countWritten(key.length);
  }
}

/** Makes the index one that queries may use: on the disk with this transaction, here once that is certain. */
export function finishBuild(transaction: Transaction, { collection, index }: IndexTarget): void {
  index.state.isReady = true;
  transaction.touch(collection);
  transaction.afterCommit(() => {
    index.isUsable = true;
  });
}
