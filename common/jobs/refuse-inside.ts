import type { Place } from "../access/grants.js";
import type { FolderEntry } from "../entries/entry.js";
import { FolderIntoItselfError } from "../entries/errors.js";

/** @throws FolderIntoItselfError when a place is a folder itself, or lies below it. */
export function refuseInside({ _id }: FolderEntry, { above }: Place): void {
  if (above.some((folder) => folder._id === _id)) throw new FolderIntoItselfError();
}
