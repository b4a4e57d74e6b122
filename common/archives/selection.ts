import { type Granted, type Home, isOfOther } from "../access/grants.js";
import type { Entry, Folder } from "../entries/entry.js";
import { numberedName } from "../entries/name.js";
import type { Id } from "../platform/ids.js";
import type { ArchiveDoc, ChosenEntry } from "./archive.js";

/** What an archive is made of: entries, or all that is in a folder. They may belong to several accounts. */
export type Selection =
  | { readonly entries: readonly Granted<Entry, "read">[] }
  | { readonly folder: Granted<Folder, "read"> };

/** What an archive has, and what it is called. */
export type Contents = Pick<
  ArchiveDoc,
  "isExport" | "isOfReady" | "chosen" | "otherOwnerIds" | "name" | "start"
>;

/** @param home - That of the archive's owner. */
export function contentsOf(home: Home<"read">, selection: Selection): Contents {
  const granted = "folder" in selection ? [selection.folder] : selection.entries;
  const ofOthers = granted.filter((one) => isOfOther(one, home));
  const otherOwnerIds = [...new Set(ofOthers.map(({ entry }) => entry.ownerId))];
  const contents =
    "folder" in selection ? inFolder(home, selection.folder) : ofEntries(home, selection.entries);
  return { ...contents, ...(otherOwnerIds.length > 0 && { otherOwnerIds }) };
}

/** The entries of other accounts that an archive was made of. */
export function entriesOfOthers({ chosen, start }: ArchiveDoc): readonly Id[] {
  const frames = "frames" in start ? start.frames : [];
  const roots = [...chosen, ...frames.map(({ folderId: id, ...frame }) => ({ ...frame, id }))];
  const ofOthers = roots.filter(({ ownerId }) => ownerId !== undefined);
  return [...new Set(ofOthers.map(({ id }) => id))];
}

function inFolder(home: Home<"read">, folder: Granted<Folder, "read">): Contents {
  const { entry } = folder;
  const isRoot = entry.parentId === null;
  const frame = { folderId: entry._id, isRoot, name: "", after: null, ...ownerOf(home, folder) };
  return {
    chosen: [],
    name: isRoot ? "files" : entry.name,
    start: { chosen: 0, frames: [frame] },
  };
}

function ofEntries(home: Home<"read">, entries: readonly Granted<Entry, "read">[]): Contents {
  const freeName = namesOf(entries);
  const chosen = entries.map((one): ChosenEntry => {
    const { _id: id, name } = one.entry;
    return { id, name: freeName(name), ...ownerOf(home, one) };
  });
  const [only] = chosen;
  const name = chosen.length === 1 && only !== undefined ? only.name : "archive";
  return { chosen, name, start: { chosen: 0, frames: [] } };
}

const ownerOf = (home: Home<"read">, one: Granted<Entry | Folder, "read">) =>
  isOfOther(one, home) ? { ownerId: one.entry.ownerId } : {};

/** Entries of several folders may have one name: those behind the first get a number. */
function namesOf(entries: readonly Granted<Entry, "read">[]): (name: string) => string {
  const taken = new Set(entries.map(({ entry }) => entry.name));
  const numbers = new Map<string, number>();
  return (name) => {
    let number = numbers.get(name) ?? 0;
    let free = name;
    do {
      number += 1;
      if (number > 1) free = numberedName(name, number).name;
    } while (number > 1 && taken.has(free));
    numbers.set(name, number);
    taken.add(free);
    return free;
  };
}
