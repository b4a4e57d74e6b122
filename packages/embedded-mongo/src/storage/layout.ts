import { createHash } from "node:crypto";

/*
 * Three LMDB databases with binary keys that sort as unsigned bytes; all integers are big-endian.
 *
 *   meta       one letter + id      catalogue entries, counters, what is left to reclaim (see catalogue-store.ts)
 *   documents  u32 collection id, u48 record            -> raw BSON
 *   indexes    u32 index id, encoded fields [, u48 record unless unique] -> u48 record
 *
 * A record number is given once and never again, so documents lie on the disk in the order of their insertion.
 */

/** Of the encoded fields; LMDB takes keys of up to 1,978 bytes with its pages of 4 KiB. */
export const MAX_FIELDS_BYTES = 1860;

export const RECORD_BYTES = 6;

/** Bounds of a scan: `start <= key < end`. */
export interface KeyBounds {
  readonly start: Buffer;
  readonly end: Buffer;
}

export function idPrefix(id: number): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(id);
  return prefix;
}

/** All keys that begin with `id`. */
export function boundsOfId(id: number): KeyBounds {
  return { start: idPrefix(id), end: idPrefix(id + 1) };
}

export function documentKey(collectionId: number, record: number): Buffer {
  const key = Buffer.allocUnsafe(4 + RECORD_BYTES);
  key.writeUInt32BE(collectionId);
  key.writeUIntBE(record, 4, RECORD_BYTES);
  return key;
}

export function recordOfDocumentKey(key: Buffer): number {
  return key.readUIntBE(4, RECORD_BYTES);
}

export function encodeRecord(record: number): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_BYTES);
  bytes.writeUIntBE(record, 0, RECORD_BYTES);
  return bytes;
}

export function decodeRecord(bytes: Buffer): number {
  return bytes.readUIntBE(0, RECORD_BYTES);
}

/**
 * Encoded fields as they are stored: longer ones are cut and completed by the SHA-256 of the whole, which keeps
 * equality exact but not the order behind the cut.
 */
export function storedFields(fields: Buffer): Buffer {
  if (fields.length <= MAX_FIELDS_BYTES) return fields;
  const digest = createHash("sha256").update(fields).digest();
  return Buffer.concat([fields.subarray(0, MAX_FIELDS_BYTES), digest]);
}

/** The key of an index entry; `record` only when the index is not unique. */
export function indexKey(indexId: number, fields: Buffer, record?: number): Buffer {
  const length = 4 + fields.length + (record === undefined ? 0 : RECORD_BYTES);
  const key = Buffer.allocUnsafe(length);
  key.writeUInt32BE(indexId);
  fields.copy(key, 4);
  if (record !== undefined) key.writeUIntBE(record, 4 + fields.length, RECORD_BYTES);
  return key;
}
