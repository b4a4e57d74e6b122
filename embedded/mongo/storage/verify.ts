import type { Collection } from "./collection.js";
import { boundsOfId, decodeRecord, indexKey, recordOfDocumentKey } from "./layout.js";
import type { Store } from "./store.js";
import type { StoredIndex } from "./stored-index.js";

/** Missing entries that are told of one collection. */
const MAX_PROBLEMS = 20;

/**
 * Compares every document with its index entries and back, and the counters with what is there.
 * @returns A sentence for each problem; none when the store is sound.
 */
export function verifyStore(store: Store): string[] {
  return store.catalogue.list().flatMap((collection) => verifyCollection(store, collection));
}

function verifyCollection(store: Store, collection: Collection): string[] {
  const { namespace, counters, usableIndexes } = collection;
  const found = { documents: 0, bytes: 0, nextRecord: 1 };
  const entries = new Map(usableIndexes.map((index) => [index, 0]));
  const problems: string[] = [];
  for (const { key, value } of store.environment.documents.getRange(boundsOfId(collection.id))) {
    const record = recordOfDocumentKey(key);
    found.documents += 1;
    found.bytes += value.length;
    found.nextRecord = record + 1;
    for (const index of usableIndexes) {
      const keys = index.keysOf(value);
      entries.set(index, (entries.get(index) ?? 0) + keys.length);
      const isIndexed = keys.every((fields) => hasEntry(store, index, { fields, record }));
      if (!isIndexed) problems.push(`${namespace}: index ${index.name} lacks record ${record}`);
    }
  }
  if (found.documents !== counters.documents || found.bytes !== counters.bytes)
    problems.push(`${namespace}: the counters do not fit the documents`);
  if (found.nextRecord > counters.nextRecord)
    problems.push(`${namespace}: record numbers were given twice`);
  return [...problems.slice(0, MAX_PROBLEMS), ...strayEntries(store, namespace, entries)];
}

/** When every document has its entries and there are no more of them, none belongs to nothing. */
function strayEntries(
  store: Store,
  namespace: string,
  entries: ReadonlyMap<StoredIndex, number>,
): string[] {
  return [...entries].flatMap(([{ id, name }, expected]) => {
    const stored = store.environment.indexes.getKeysCount(boundsOfId(id));
    if (stored === expected) return [];
    return [`${namespace}: index ${name} has ${stored} entries instead of ${expected}`];
  });
}

function hasEntry(
  store: Store,
  index: StoredIndex,
  { fields, record }: { fields: Buffer; record: number },
): boolean {
  const key = indexKey(index.id, fields, index.isUnique ? undefined : record);
  const value = store.environment.indexes.getBinary(key);
  return value !== undefined && decodeRecord(value) === record;
}
