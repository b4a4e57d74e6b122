import { accessSync, constants, existsSync, mkdirSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DATA_FILE } from "./file-check.js";
import { StoreError } from "./store-error.js";

/** LMDB ends the process when there is no room for the first pages of a new store. */
const FIRST_BYTES = 1024 * 1024;

/**
 * Creates the data folder where it is missing, and makes sure that it can be used.
 * @throws StoreError when it cannot be written, or a new store has no room.
 */
export function prepareFolder(folder: string): void {
  const path = join(folder, DATA_FILE);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw unusable(folder, error);
  }
  if (isEmpty(path) && diskRoomBytes(folder) < FIRST_BYTES)
    throw new StoreError(`The disk is full: there is no room for a store in ${folder}`);
}

/** @throws StoreError when there is no store in the folder, or nobody may read it. */
export function requireStore(folder: string): void {
  const path = join(folder, DATA_FILE);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw unusable(folder, error);
  }
  if (isEmpty(path)) throw new StoreError(`There is no store in ${folder}`);
}

/** Bytes that are free on the disk. */
export function diskRoomBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function isEmpty(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0;
}

function unusable(folder: string, cause: unknown): StoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(`The folder ${folder} cannot be used: ${reason}`, { cause });
}
