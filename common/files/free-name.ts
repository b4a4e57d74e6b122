import type { FileDoc } from "./file.js";
import { type FileName, numberedName } from "./name.js";
import type { FilesRepository } from "./repository.js";

/** A numbered name that is free while the one before it is taken, found by doubling and halving instead of one by one. */
export async function findFreeName(
  files: Pick<FilesRepository, "findLiveByName">,
  folder: Pick<FileDoc, "ownerId" | "folderId">,
  { name }: FileName,
): Promise<FileName> {
  const isTaken = async (number: number) =>
    (await files.findLiveByName(folder, numberedName(name, number).nameKey)) !== null;
  let taken = 1;
  let free = 2;
  while (await isTaken(free)) [taken, free] = [free, free * 2];
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2);
    if (await isTaken(middle)) taken = middle;
    else free = middle;
  }
  return numberedName(name, free);
}
