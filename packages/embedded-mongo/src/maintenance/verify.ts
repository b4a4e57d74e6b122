import type { Collection } from "../storage/collection.js";
import type { Snapshot } from "../storage/snapshot.js";
import { CollectionCheck } from "./collection-check.js";

/** What was looked at, and what is wrong with it. */
export interface Verification {
  readonly collections: number;
  readonly documents: number;
  readonly bytes: number;
  readonly indexes: number;
  readonly entries: number;
  /** Documents and entries of what was dropped, which the server has not removed yet. */
  readonly dropped: number;
  /** One sentence each. */
  readonly faults: readonly string[];
}

export interface VerifyOptions {
  /** Told after each collection. */
  readonly onCollection: (namespace: string) => void;
}

/**
 * Holds everything in a store against everything else: each document is well-formed BSON and has its entry in every index;
 * each entry of an index stands for a document; counters and the catalogue are right; nothing belongs to nobody.
 *
 * An index without strays needs no second walk: its entries have different keys, so when each one that the documents
 * ask for is there and there are no more of them, there is no other.
 */
export function verify(snapshot: Snapshot, { onCollection }: VerifyOptions): Verification {
  const counts = {
    documents: snapshot.countKeys("documents"),
    indexes: snapshot.countKeys("indexes"),
  };
  const faults: string[] = [];
  const sum = { documents: 0, bytes: 0, indexes: 0, entries: 0 };
  for (const collection of snapshot.collections) {
    const check = new CollectionCheck(snapshot, collection);
    faults.push(...check.run(counts.indexes));
    sum.documents += check.documents;
    sum.bytes += check.bytes;
    sum.indexes += collection.indexes.length;
    sum.entries += check.entries;
    counts.documents.delete(collection.id);
    for (const { id } of collection.indexes) counts.indexes.delete(id);
    onCollection(collection.namespace);
  }
  let dropped = 0;
  for (const { kind, id } of snapshot.garbage) {
    dropped += counts[kind].get(id) ?? 0;
    counts[kind].delete(id);
  }
  faults.push(...checkCatalogue(snapshot.collections));
  for (const [id, count] of counts.documents)
    faults.push(`${count} documents belong to collection ${id}, which does not exist`);
  for (const [id, count] of counts.indexes)
    faults.push(`${count} entries belong to index ${id}, which does not exist`);
  return { collections: snapshot.collections.length, ...sum, dropped, faults };
}

function checkCatalogue(collections: readonly Collection[]): string[] {
  const faults: string[] = [];
  const names = collections.map(({ namespace }) => namespace);
  for (const name of repeated(names)) faults.push(`There are two collections ${name}`);
  const ids = collections.flatMap(({ id, indexes }) => [id, ...indexes.map((index) => index.id)]);
  for (const id of repeated(ids)) faults.push(`The id ${id} was given twice`);
  for (const { namespace, indexes } of collections)
    if (!indexes.some(({ name }) => name === "_id_"))
      faults.push(`${namespace}: the index on _id is missing`);
  return faults;
}

function repeated<T>(values: readonly T[]): T[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
