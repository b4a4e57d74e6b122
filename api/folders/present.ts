import type { Folder, StoredEntry } from "../../common/entries/entry.js";
import { presentMetadata } from "../files/metadata.js";
import { presentFile } from "../files/present.js";

/**
 * A folder as those see it who may read it. The root has no name, no parent and no times.
 *
 * @param path - Where the reader sees the folder; empty for the topmost one that it may reach.
 */
export function presentFolder(folder: Folder, base: string, path: string) {
  const isRoot = folder.parentId === null;
  const metadata = `${base}/folders/${folder._id}`;
  return {
    id: folder._id,
    kind: folder.kind,
    // What the topmost one lies in is nothing that the reader may know of.
    parentId: path === "" ? null : folder.parentId,
    path: path === "" ? "/" : path,
    name: isRoot ? "" : folder.name,
    ...presentMetadata(isRoot ? {} : folder),
    createdAt: isRoot ? null : folder.createdAt.toISOString(),
    updatedAt: isRoot ? null : folder.updatedAt.toISOString(),
    links: { metadata, children: `${metadata}/children` },
  };
}

/**
 * A file or folder that is no topmost one.
 *
 * @param path - As for `presentFile` and {@link presentFolder}. Only that of a file may be `null`: it can be gone already.
 */
export function presentEntry(entry: StoredEntry, base: string, path: string | null) {
  if (entry.kind === "file") return presentFile(entry, base, path);
  return presentFolder(entry, base, path ?? "");
}
