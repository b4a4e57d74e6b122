import type { Entry, Folder } from "../../common/entries/entry.js";
import { presentFile } from "../files/present.js";

/** A folder as those see it who may read it. The root has no name, no parent and no times. */
export function presentFolder(folder: Folder, base: string) {
  const isRoot = folder.parentId === null;
  const metadata = `${base}/folders/${folder._id}`;
  return {
    id: folder._id,
    kind: folder.kind,
    parentId: folder.parentId,
    name: isRoot ? "" : folder.name,
    createdAt: isRoot ? null : folder.createdAt.toISOString(),
    updatedAt: isRoot ? null : folder.updatedAt.toISOString(),
    links: { metadata, children: `${metadata}/children` },
  };
}

export const presentEntry = (entry: Entry, base: string) =>
  entry.kind === "file" ? presentFile(entry, base) : presentFolder(entry, base);
