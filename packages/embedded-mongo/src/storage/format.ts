import type { Table } from "./table.js";
import { damaged } from "./file-check.js";
import { StoreError } from "./store-error.js";

/** Of `meta`. */
export const FORMAT_KEY = Buffer.from("format");

/**
 * Of the layout described in layout.ts, and of LMDB's file; raised whenever an older server could misread a store.
 *
 * 1: lmdb 3 wrote the file, whose list of free pages lmdb 2 would misread. All else is the same, so that it can be read and copied.
 * 2: lmdb 2.
 */
export const FORMAT_VERSION = 2;

/** Marks a store with the format version that this server writes. */
export function writeFormat(meta: Table): void {
  meta.putSync(FORMAT_KEY, Buffer.from(String(FORMAT_VERSION)));
}

/**
 * Comes before the first write: that would already take pages from the list of free ones.
 * @throws StoreError when the store is one that this program cannot read, or must not write.
 */
export function checkFormatForWriting(meta: Table, folder: string): void {
  if (!meta.doesExist(FORMAT_KEY)) return;
  const version = checkFormat(meta, folder);
  if (version < FORMAT_VERSION)
    throw new StoreError(
      `The store in ${folder} has format ${version}, and this server writes format ${FORMAT_VERSION}: copy it with` +
        ` "npm run embedded:mongo -- --data ${folder} --backup ${folder}.copy", and put the copy in its place`,
    );
}

/**
 * @returns The format version of a store, which this program can read.
 * @throws StoreError when the store has no format that this program can read.
 */
export function checkFormat(meta: Table, folder: string): number {
  const version = Number(meta.getBinary(FORMAT_KEY)?.toString());
  if (!Number.isSafeInteger(version) || version < 1) throw damaged(folder);
  if (version > FORMAT_VERSION)
    throw new StoreError(
      `The store in ${folder} has format ${version}, which is newer than format ${FORMAT_VERSION} of this server: start the newer version of the server`,
    );
  return version;
}
