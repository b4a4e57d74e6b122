import { ask } from "../http/api.js";
import type { FolderEntry } from "./entry.js";

/** By id, and under `root`. Names that have changed meanwhile are read again with {@link readFolder}. */
const known = new Map<string, FolderEntry>();

/** @throws Problem */
export async function readFolder(id: string): Promise<FolderEntry> {
  const folder = await ask<FolderEntry>("GET", `/folders/${id}`);
  known.set(id, folder).set(folder.id, folder);
  return folder;
}

/** A folder and those above it, the topmost first. @throws Problem */
export async function readAncestry(id: string): Promise<readonly FolderEntry[]> {
  const ancestry = [await readFolder(id)];
  for (let above = ancestry[0]?.parentId ?? null; above !== null;) {
    const folder: FolderEntry = known.get(above) ?? (await readFolder(above));
    ancestry.unshift(folder);
    above = folder.parentId;
  }
  return ancestry;
}

/** Names of folders may be others from now on. */
export const forgetFolders = (): void => {
  known.clear();
};
