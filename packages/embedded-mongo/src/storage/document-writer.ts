import type { RawDocument } from "../bson/document.js";
import type { Collection } from "./collection.js";
import { DuplicateKeyError } from "./duplicate-key-error.js";
import { decodeRecord, documentKey, encodeRecord, indexKey } from "./layout.js";
import type { StoredIndex } from "./stored-index.js";
import type { Transaction } from "./transaction.js";

/** The entries of one index that a write removes and adds, as encoded fields. */
interface EntryChange {
  readonly index: StoredIndex;
  readonly removed: readonly Buffer[];
  readonly added: readonly Buffer[];
}

interface Write {
  readonly collection: Collection;
  readonly record: number;
  readonly before: RawDocument | undefined;
  readonly after: RawDocument | undefined;
}

/**
 * Stores a new document with its index entries.
 *
 * @returns Its record number.
 * @throws DuplicateKeyError, CommandError 171 or 14031; nothing is written then.
 */
export function insertDocument(
  transaction: Transaction,
  collection: Collection,
  document: RawDocument,
): number {
  transaction.requireRoom(document.length);
  const record = collection.counters.nextRecord;
  write(transaction, { collection, record, before: undefined, after: document });
  collection.counters.nextRecord = record + 1;
  return record;
}

/**
 * Stores another document under the same record number; index entries that stay are not touched.
 * @throws DuplicateKeyError, CommandError 171 or 14031; nothing is written then.
 */
export function replaceDocument(
  transaction: Transaction,
  { collection, record, before, after }: Write & { before: RawDocument; after: RawDocument },
): void {
  if (after.length > before.length) transaction.requireRoom(after.length);
  write(transaction, { collection, record, before, after });
}

/** Removes a document and its index entries. */
export function removeDocument(
  transaction: Transaction,
  { collection, record, before }: Omit<Write, "after"> & { before: RawDocument },
): void {
  write(transaction, { collection, record, before, after: undefined });
}

function write(transaction: Transaction, change: Write): void {
  const { collection, before, after } = change;
  const entries = collection.indexes.map((index) => entryChange(index, before, after));
  for (const entry of entries) checkUnique(transaction, change, entry);
  // Nothing below refuses any more.
  for (const entry of entries) writeEntries(transaction, change, entry);
  const key = documentKey(collection.id, change.record);
  const { documents } = transaction.environment;
  if (after === undefined) documents.removeSync(key);
  else documents.putSync(key, after);
  const { counters } = collection;
  counters.documents += (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
  counters.bytes += (after?.length ?? 0) - (before?.length ?? 0);
  transaction.touch(collection);
  transaction.countWritten(after?.length ?? 0);
}

function entryChange(
  index: StoredIndex,
  before: RawDocument | undefined,
  after: RawDocument | undefined,
): EntryChange {
  const old = before === undefined ? [] : index.keysOf(before);
  const now = after === undefined ? [] : index.keysOf(after);
  if (old.length === 0 || now.length === 0) return { index, removed: old, added: now };
  return { index, removed: without(old, now), added: without(now, old) };
}

function without(keys: readonly Buffer[], others: readonly Buffer[]): Buffer[] {
  const known = new Set(others.map((other) => other.toString("latin1")));
  return keys.filter((key) => !known.has(key.toString("latin1")));
}

function checkUnique(transaction: Transaction, change: Write, { index, added }: EntryChange): void {
  if (!index.isUnique || change.after === undefined) return;
  for (const fields of added) {
    const holder = transaction.environment.indexes.getBinary(indexKey(index.id, fields));
    if (holder !== undefined && decodeRecord(holder) !== change.record)
      throw new DuplicateKeyError(change.collection.namespace, index, change.after);
  }
}

function writeEntries(transaction: Transaction, change: Write, entry: EntryChange): void {
  const { indexes } = transaction.environment;
  const { index, removed, added } = entry;
  const value = encodeRecord(change.record);
  const keyOf = (fields: Buffer) =>
    indexKey(index.id, fields, index.isUnique ? undefined : change.record);
  for (const fields of removed) {
    const key = keyOf(fields);
    // While a unique index is being built, another document may hold the key that this one never got.
    const holder = index.state.isReady ? value : indexes.getBinary(key);
    if (holder?.equals(value) === true) indexes.removeSync(key);
  }
  for (const fields of added) indexes.putSync(keyOf(fields), value);
}
