import { Binary } from "bson";
import {
  arrayValue,
  buildDocument,
  decodeDocument,
  getField,
  readValues,
} from "../bson/document.js";
import {
  type BsonValue,
  boolValue,
  doubleValue,
  fromJs,
  objectValue,
  stringValue,
} from "../bson/value.js";
import { Collection } from "./collection.js";
import type { Table } from "./table.js";
import { boundsOfId, type KeyBounds } from "./layout.js";
import { StoredIndex } from "./stored-index.js";

/*
 * The keys of `meta`:
 *   "c" + u32 collection id   BSON { ns, uuid, indexes: [{ id, spec, multikey, truncated, ready }] }
 *   "n" + u32 collection id   three u64: documents, bytes, next record
 *   "g" + "d" | "i" + u32 id  documents of a dropped collection, or entries of a dropped index, not yet removed
 *   "next"                    the next id of a collection or an index, in decimal
 *   "format", "owner"         see format.ts and folder-lock.ts
 */

const NEXT_ID_KEY = Buffer.from("next");

/** What a drop left behind: the documents of a collection or the entries of an index. */
export interface Garbage {
  readonly kind: "documents" | "indexes";
  readonly id: number;
}

function keyOf(letters: string, id: number): Buffer {
  const key = Buffer.alloc(letters.length + 4);
  key.write(letters);
  key.writeUInt32BE(id, letters.length);
  return key;
}

function boundsOf(letter: string): KeyBounds {
  const next = String.fromCharCode(letter.charCodeAt(0) + 1);
  return { start: keyOf(letter, 0), end: keyOf(next, 0) };
}

export function readCollections(meta: Table): Collection[] {
  const collections: Collection[] = [];
  for (const { key, value } of meta.getRange(boundsOf("c")))
    collections.push(decodeCollection(key.readUInt32BE(1), value));
  for (const collection of collections) readCounters(meta, collection);
  return collections;
}

function decodeCollection(id: number, entry: Buffer): Collection {
  const { ns, uuid } = decodeDocument(entry);
  if (typeof ns !== "string" || !(uuid instanceof Binary))
    throw new TypeError(`The catalogue entry ${id} is damaged`);
  const collection = new Collection(id, Buffer.from(uuid.value()), ns);
  const indexes = getField(entry, "indexes");
  for (const { bytes } of indexes === undefined ? [] : readValues(indexes.bytes))
    collection.indexes.push(decodeIndex(bytes));
  return collection;
}

function decodeIndex(entry: Buffer): StoredIndex {
  const { id, multikey, truncated, ready } = decodeDocument(entry);
  const spec = getField(entry, "spec");
  if (spec === undefined) throw new TypeError("An index entry of the catalogue is damaged");
  return new StoredIndex(Number(id), Buffer.from(spec.bytes), {
    isMultikey: multikey === true,
    isTruncated: truncated === true,
    isReady: ready === true,
  });
}

function readCounters(meta: Table, { id, counters }: Collection): void {
  const stored = meta.getBinary(keyOf("n", id));
  if (stored === undefined) return;
  counters.documents = Number(stored.readBigUInt64BE(0));
  counters.bytes = Number(stored.readBigUInt64BE(8));
  counters.nextRecord = Number(stored.readBigUInt64BE(16));
}

export function writeCollection(meta: Table, collection: Collection): void {
  const { id, namespace, uuid, indexes } = collection;
  const entry = buildDocument([
    ["ns", stringValue(namespace)],
    ["uuid", fromJs(new Binary(uuid, Binary.SUBTYPE_UUID))],
    ["indexes", arrayValue(indexes.map(encodeIndex))],
  ]);
  meta.putSync(keyOf("c", id), entry);
  for (const index of indexes) index.markSaved();
}

function encodeIndex({ id, spec, state }: StoredIndex): BsonValue {
  return objectValue(
    buildDocument([
      ["id", doubleValue(id)],
      ["spec", objectValue(spec)],
      ["multikey", boolValue(state.isMultikey)],
      ["truncated", boolValue(state.isTruncated)],
      ["ready", boolValue(state.isReady)],
    ]),
  );
}

export function writeCounters(meta: Table, { id, counters }: Collection): void {
  const bytes = Buffer.allocUnsafe(24);
  bytes.writeBigUInt64BE(BigInt(counters.documents), 0);
  bytes.writeBigUInt64BE(BigInt(counters.bytes), 8);
  bytes.writeBigUInt64BE(BigInt(counters.nextRecord), 16);
  meta.putSync(keyOf("n", id), bytes);
}

export function removeCollection(meta: Table, { id }: Collection): void {
  meta.removeSync(keyOf("c", id));
  meta.removeSync(keyOf("n", id));
}

/** A new id; the same sequence serves collections and indexes, and no id is given twice. */
export function takeId(meta: Table): number {
  const id = Number(meta.getBinary(NEXT_ID_KEY)?.toString() ?? "1");
  meta.putSync(NEXT_ID_KEY, Buffer.from(String(id + 1)));
  return id;
}

function garbageKey({ kind, id }: Garbage): Buffer {
  return keyOf(kind === "documents" ? "gd" : "gi", id);
}

export function writeGarbage(meta: Table, garbage: Garbage): void {
  meta.putSync(garbageKey(garbage), Buffer.from([1]));
}

export function removeGarbage(meta: Table, garbage: Garbage): void {
  meta.removeSync(garbageKey(garbage));
}

export function readGarbage(meta: Table): Garbage[] {
  const all: Garbage[] = [];
  for (const { key } of meta.getRange(boundsOf("g")))
    all.push({ kind: key[1] === 0x64 ? "documents" : "indexes", id: key.readUInt32BE(2) });
  return all;
}

/** The keys that a garbage entry stands for, in the table of its kind. */
export function boundsOfGarbage({ id }: Garbage): KeyBounds {
  return boundsOfId(id);
}
