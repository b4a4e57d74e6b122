import { Long, type ObjectId } from "mongodb";
import type { WithOutbox } from "../events/event.js";
import type { TextEncoding } from "../inspection/text.js";
import type { Id } from "../platform/ids.js";
import type { CopiedMetadata, EntryMetadata } from "./metadata.js";
import { storedName } from "./terms.js";
import { shownBy, type VersionDoc, type VersionState } from "../versions/version.js";

/**
 * A document of `entries`: a name in a folder. Files, folders and mounts share one namespace.
 *
 * The tree:
 * - `parentId` is the only truth about where an entry is. There are no stored paths or depths, so a move is one update.
 * - The root of an account is no document: it is the `rootFolderId` of the account. It always exists, has no name, and
 *   cannot be moved or deleted. Entries at the top have it as `parentId`.
 * - Among the live entries of a folder no two have the same `nameKey`, whatever their kinds: a unique index decides.
 * - An entry and its parent have the same `ownerId`. So the shard of a folder's entries is `{ownerId, parentId}`.
 * - Walking up from a folder ends at the root after at most {@link MAX_DEPTH} folders: there is no cycle.
 * - An entry can be reached while it and all folders above it are live. So deleting a folder is one update, too.
 */
export type Entry = StoredEntry | MountEntry;

/** What stores something itself. */
export type StoredEntry = FileEntry | FolderEntry;

/** How many folders may lie inside each other. A folder of the root has the depth 1. */
export const MAX_DEPTH = 64;

interface NamedEntry extends EntryMetadata, WithOutbox {
  _id: Id;
  /** Whose namespace it is in, and who pays. */
  ownerId: Id;
  /** Who made it. */
  actorId: Id;
  parentId: Id;
  /** As given, in Unicode normalization form C. */
  name: string;
  /** Decides whether two names are the same. */
  nameKey: string;
  /** Without accents and letter case: what searches compare. */
  nameFolded: string;
  /** Sorts byte by byte: `a2` before `a10`. */
  nameSort: string;
  /** By what searches find the name; see {@link storedName}. */
  nameTerms: string[];
  /** A folder or mount has 0: it sorts as the smallest, and does not count in the usage. */
  sizeBytes: Long;
  createdAt: Date;
  updatedAt: Date;
  /** Of a file: when its content was made, as its owner says, or else when it was stored. Of all else: as `createdAt`. */
  modifiedAt: Date;
  /** Whether it was deleted: no reader sees it, and its name is free. What lies in a folder is not marked with the folder. */
  isTrashed: boolean;
  /** Set while the entry lies in the trash, and can be restored. */
  trash: TrashMark | null;
  /** Set while the entry is being removed for good. */
  purgingSince: Date | null;
  /** Raised by every change: what a compare-and-set compares. */
  revision: number;
}

/** When and where an entry was deleted. */
export interface TrashMark {
  at: Date;
  /** Who deleted it. */
  actorId: Id;
  /** The names of the folders that it was in, from the top. */
  path: string[];
}

/** A file: which version it shows, and what a list needs of that version. */
export interface FileEntry extends NamedEntry {
  kind: "file";
  versionId: Id;
  blobId: ObjectId;
  /** Lower-case hexadecimal. */
  sha256: string;
  /** CRC-32 of the content, unsigned. */
  crc32: number;
  claimedType: string | null;
  type: string | null;
  /** As in the version. */
  encoding?: TextEncoding | null;
  /** As in the version. */
  isActiveContent?: boolean | null;
  /** Whether there are previews of the version. Missing: its pipeline was over before files showed that. */
  hasPreview?: boolean;
  state: Exclude<VersionState, "staged">;
  /** The upload that made the file: the one with which the file itself is counted in the usage. */
  createdByUploadId: Id;
  /** Which purge removes it, since it was claimed last; see `PurgeClaims`. */
  purgeToken?: Id;
}

type NewFile = Pick<FileEntry, "_id" | "ownerId" | "actorId" | "parentId" | "createdByUploadId"> &
  Pick<FileEntry, "name" | "nameKey" | "nameFolded" | "nameSort"> &
  CopiedMetadata;

/** A new file, which shows its first version. */
export function newFileEntry(file: NewFile, version: VersionDoc): FileEntry {
  const { createdAt } = version;
  const dates = { createdAt, updatedAt: createdAt };
  return {
    ...storedName(file.ownerId, file),
    kind: "file",
    ...shownBy(version),
    ...dates,
    ...LIVE,
  };
}

export interface FolderEntry extends NamedEntry {
  kind: "folder";
  /** At most so many folders lie inside each other below this one. It is raised before a folder is put there, and never lowered. */
  height: number;
}

/** What is true of an entry that was just made. */
const LIVE = { isTrashed: false, trash: null, purgingSince: null, revision: 0 } as const;

type NewFolder = Pick<FolderEntry, "_id" | "ownerId" | "actorId" | "parentId"> &
  Pick<FolderEntry, "name" | "nameKey" | "nameFolded" | "nameSort"> &
  CopiedMetadata;

/** A new folder, which is empty. */
export function newFolderEntry(folder: NewFolder, at: Date): FolderEntry {
  const dates = { createdAt: at, updatedAt: at, modifiedAt: at };
  const name = storedName(folder.ownerId, folder);
  return { ...name, kind: "folder", height: 0, sizeBytes: Long.ZERO, ...dates, ...LIVE };
}

/**
 * A name for a file or folder of another account. It gives no rights. Each access through it checks again whether a share allows it.
 * Nothing lies in a mount, and none lies in the trash by itself.
 */
export interface MountEntry extends NamedEntry {
  kind: "mount";
  target: MountTarget;
}

/** What a mount leads to. It may be gone. */
export interface MountTarget {
  /** `null` when that account is gone: nothing names it any more. */
  ownerId: Id | null;
  entryId: Id;
  kind: StoredEntry["kind"];
}

type NewMount = Pick<MountEntry, "_id" | "ownerId" | "actorId" | "parentId" | "target"> &
  Pick<MountEntry, "name" | "nameKey" | "nameFolded" | "nameSort"> &
  CopiedMetadata;

/** A new mount. */
export function newMountEntry(mount: NewMount, at: Date): MountEntry {
  const dates = { createdAt: at, updatedAt: at, modifiedAt: at };
  const name = storedName(mount.ownerId, mount);
  return { ...name, kind: "mount", sizeBytes: Long.ZERO, ...dates, ...LIVE };
}

/** The top of a namespace; see {@link Entry}. */
export interface RootFolder {
  readonly kind: "folder";
  readonly _id: Id;
  readonly ownerId: Id;
  readonly parentId: null;
}

export type Folder = FolderEntry | RootFolder;
