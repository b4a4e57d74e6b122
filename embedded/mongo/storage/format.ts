import type { Table } from "./table.js";
import { damaged } from "./file-check.js";
import { StoreError } from "./store-error.js";

const FORMAT_KEY = Buffer.from("format");

/** Of the layout described in layout.ts; raised whenever an older server could misread a store. */
export const FORMAT_VERSION = 1;

/**
 * Marks a new store with the format version, and looks at that of an existing one.
 * @throws StoreError when this server cannot serve it.
 */
export function claimFormat(meta: Table, folder: string): void {
  if (meta.doesExist(FORMAT_KEY)) checkFormat(meta, folder);
  else meta.putSync(FORMAT_KEY, Buffer.from(String(FORMAT_VERSION)));
}

/** @throws StoreError when the store has no format that this program can read. */
export function checkFormat(meta: Table, folder: string): void {
  const version = Number(meta.getBinary(FORMAT_KEY)?.toString());
  if (!Number.isSafeInteger(version) || version < 1) throw damaged(folder);
  if (version > FORMAT_VERSION)
    throw new StoreError(
      `The store in ${folder} has format ${version}, which is newer than format ${FORMAT_VERSION} of this server: start the newer version of the server`,
    );
}
