import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DATA_FILE } from "../storage/file-check.js";
import type { Snapshot } from "../storage/snapshot.js";
import { StoreError } from "../storage/store-error.js";

/**
 * Copies a store into a new folder, without the unused pages of its file. A server may serve (and change) the store
 * meanwhile: the copy is what the snapshot saw. The folder appears when the copy is complete and on the disk; what a
 * killed copy leaves is `<folder>.partial`, which the next one replaces.
 *
 * @returns The size of the copy in bytes.
 * @throws StoreError when the folder exists and is not empty.
 */
export async function backUp(snapshot: Snapshot, target: string): Promise<number> {
  const folder = resolve(target);
  const isTaken = existsSync(folder) && !isEmptyFolder(folder);
  if (isTaken) throw new StoreError(`${target} exists already: name a new folder for the backup`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  try {
    await snapshot.copyInto(partial);
    for (const path of [join(partial, DATA_FILE), partial]) sync(path);
    renameSync(partial, folder);
  } catch (error) {
    // On a full disk half a copy would be in everybody's way.
    rmSync(partial, { recursive: true });
    throw error;
  }
  sync(dirname(folder));
  return statSync(join(folder, DATA_FILE)).size;
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
