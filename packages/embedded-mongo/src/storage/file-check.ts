import { closeSync, existsSync, fstatSync, openSync, readSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "./store-error.js";

/*
 * LMDB trusts its file: on one that is damaged the process dies without a word. This looks at what can be looked at
 * in no time: the two meta pages with which the file begins (`MDB_meta` in LMDB's mdb.c, data version 2).
 */
export const DATA_FILE = "data.mdb";
/** Where LMDB notes who reads; of no use in a copy. */
export const LOCK_FILE = "lock.mdb";
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;

/** Offsets in a meta page. */
const AT = {
  magic: 24,
  version: 28,
  pageSize: 48,
  freeRoot: 88,
  mainRoot: 136,
  lastPage: 144,
  transaction: 152,
};
const META_BYTES = 160;
/** A tree without pages. */
const NO_PAGE = 2n ** 64n - 1n;

/** @throws StoreError when the data file of a folder is there and is none, or ends before its trees begin. */
export function checkDataFile(folder: string): void {
  const path = join(folder, DATA_FILE);
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    if (fstatSync(file).size > 0 && !isSound(file, path)) throw damaged(folder);
  } finally {
    closeSync(file);
  }
}

/** @param cause - What LMDB said. */
export function damaged(folder: string, cause?: unknown): StoreError {
  return new StoreError(
    `The store in ${folder} is damaged or not a store: restore it from a backup, or move it away and start anew`,
    { cause },
  );
}

function isSound(file: number, path: string): boolean {
  const first = readMeta(file, 0);
  const pageSize = first.readUInt32LE(AT.pageSize);
  if (!isMeta(first) || pageSize < 512) return false;
  const second = readMeta(file, pageSize);
  if (!isMeta(second)) return false;
  // After the meta pages: another process may be writing, and what they speak of was written before them.
  const { size } = fstatSync(file);
  const isFirstNewer = transactionOf(first) >= transactionOf(second);
  const newest = isFirstNewer ? first : second;
  const pages = BigInt(Math.floor(size / pageSize));
  const roots = [newest.readBigUInt64LE(AT.freeRoot), newest.readBigUInt64LE(AT.mainRoot)];
  if (roots.some((root) => root !== NO_PAGE && root >= pages)) return false;
  // The last pages may be missing where they were never used; reading one must not end the process.
  const wanted = (Number(newest.readBigUInt64LE(AT.lastPage)) + 1) * pageSize;
  if (size < wanted) truncateSync(path, wanted);
  return true;
}

function readMeta(file: number, position: number): Buffer {
  const meta = Buffer.alloc(META_BYTES);
  readSync(file, meta, 0, META_BYTES, position);
  return meta;
}

function isMeta(page: Buffer): boolean {
  return page.readUInt32LE(AT.magic) === MAGIC && page.readUInt32LE(AT.version) === DATA_VERSION;
}

function transactionOf(page: Buffer): bigint {
  return page.readBigUInt64LE(AT.transaction);
}
