import type { Long, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import { shownBy, type VersionDoc, type VersionState } from "../versions/version.js";

/**
 * A document of `entries`: a name in a folder. Files and folders share one namespace.
 *
 * The tree:
 * - `parentId` is the only truth about where an entry is. There are no stored paths or depths, so a move is one update.
 * - The root of an account is no document: it is the `rootFolderId` of the account. It always exists, has no name, and
 *   cannot be moved or deleted. Entries at the top have it as `parentId`.
 * - Among the live entries of a folder no two have the same `nameKey`, whatever their kinds: a unique index decides.
 * - An entry and its parent have the same `ownerId`. So the shard of a folder's entries is `{ownerId, parentId}`.
 * - Walking up from a folder ends at the root after at most {@link MAX_DEPTH} folders: there is no cycle.
 * - A live entry can be reached while all folders above it are live.
 */
export type Entry = FileEntry | FolderEntry;

/** How many folders may lie inside each other. A folder of the root has the depth 1. */
export const MAX_DEPTH = 64;

interface NamedEntry {
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
  /** Sorts, and finds by prefix: without accents and letter case. */
  nameSort: string;
  /** A folder has 0: it sorts as the smallest, and does not count in the usage. */
  sizeBytes: Long;
  createdAt: Date;
  updatedAt: Date;
  /** No reader sees an entry that is, and its name is free. */
  isTrashed: boolean;
  /** Set while the entry is being removed for good. */
  purgingSince: Date | null;
  /** Raised by every change: what a compare-and-set compares. */
  revision: number;
}

/** A file: which version it shows, and what a list needs of that version. */
export interface FileEntry extends NamedEntry {
  kind: "file";
  versionId: Id;
  blobId: ObjectId;
  /** Lower-case hexadecimal. */
  sha256: string;
  claimedType: string | null;
  type: string | null;
  state: Exclude<VersionState, "staged">;
  /** The upload that made the file: the one with which the file itself is counted in the usage. */
  createdByUploadId: Id;
}

type NewFile = Pick<FileEntry, "_id" | "ownerId" | "actorId" | "parentId" | "createdByUploadId"> &
  Pick<FileEntry, "name" | "nameKey" | "nameSort">;

/** A new file, which shows its first version. */
export function newFileEntry(file: NewFile, version: VersionDoc): FileEntry {
  const { createdAt } = version;
  const dates = { createdAt, updatedAt: createdAt, purgingSince: null };
  return { ...file, kind: "file", ...shownBy(version), ...dates, isTrashed: false, revision: 0 };
}

export interface FolderEntry extends NamedEntry {
  kind: "folder";
}

/** The top of a namespace; see {@link Entry}. */
export interface RootFolder {
  readonly kind: "folder";
  readonly _id: Id;
  readonly ownerId: Id;
  readonly parentId: null;
}

export type Folder = FolderEntry | RootFolder;
