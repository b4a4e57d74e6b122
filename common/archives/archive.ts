import type { Binary, Long, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";

/**
 * - `preparing`: its members are being listed.
 * - `ready`: all are listed, and it can be read.
 * - `failed`: it would have more members than are allowed.
 * - `ending`: nobody may read it any more, and its pages go.
 */
export type ArchiveState = "preparing" | "ready" | "failed" | "ending";

/** The forms in which each archive can be read. */
export const ARCHIVE_KINDS = ["zip", "tar"] as const;
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

/** In whose tree something lies. */
interface Lying {
  /** Missing: in that of the archive's owner. */
  readonly ownerId?: Id;
}

/** An entry that the archive was made of, with its name in the archive. */
export interface ChosenEntry extends Lying {
  readonly id: Id;
  readonly name: string;
}

/** A folder whose content is being listed. */
export interface Frame extends Lying {
  readonly folderId: Id;
  /** Whether it is the root of the account, which is no entry. */
  readonly isRoot: boolean;
  /** In the archive; empty where the content of the folder lies at the top. */
  readonly name: string;
  /** The `nameKey` of the entry that was listed last; `null` for none. */
  readonly after: string | null;
}

/** Where a walk is: what it needs to go on in another process. */
export interface Position {
  /** How many of the chosen entries were begun. */
  readonly chosen: number;
  /** Folders that lie inside each other, the outermost first. */
  readonly frames: readonly Frame[];
}

/** A document that is written for the export of an account. Each is a file of the archive. */
export type TextKey =
  | "readme"
  | "account"
  | "credentials"
  | "files"
  | "folders"
  | "mounts"
  | "trash"
  | "versions"
  | "links"
  | "linkUses"
  | "audit";

/** An entry of the trash, with its name in the archive. */
export interface TrashedEntry extends ChosenEntry {
  /** Where it was. */
  readonly path: string;
}

/** The version of a file that was listed last. */
export interface VersionKey {
  readonly fileId: Id;
  readonly createdAt: Date;
  readonly versionId: Id;
}

/** The use of a link that was listed last. */
export interface UseKey {
  readonly linkId: Id;
  readonly startedAt: Date;
  readonly useId: Id;
}

/** Where the listing of an account is. */
export type ExportPosition =
  | { readonly step: "account" }
  | { readonly step: "files"; readonly walk: Position }
  | {
      readonly step: "trash";
      /** Of the list of the trash: what follows the entries; `null` at its end. */
      readonly cursor: string | null;
      readonly entries: readonly TrashedEntry[];
      readonly walk: Position;
    }
  | { readonly step: "versions"; readonly after: VersionKey | null }
  | { readonly step: "audit"; readonly cursor: string | null }
  | { readonly step: "links"; readonly cursor: string | null }
  | { readonly step: "linkUses"; readonly after: UseKey | null }
  | { readonly step: "texts" };

/** A document of `archives`: what an account wants to download as one. Its members are in `archivePages`. */
export interface ArchiveDoc {
  _id: Id;
  ownerId: Id;
  actorId: Id;
  /** That of the credential which made it: another credential that may not leave a folder does not find the archive. */
  rootFolderId: Id | null;
  /** To save it under, without an extension. */
  name: string;
  state: ArchiveState;
  /** Whether it has all of the account. Only who may read all of that finds it. Missing: it has what was chosen. */
  isExport?: true;
  /** Whether it has only files that links give out: those in which nothing was found. Missing: it has all. */
  isOfReady?: true;
  /** Of those for links: how many requests read it now. A crash leaves it until it expires. Missing: none has. */
  readers?: number;
  chosen: readonly ChosenEntry[];
  /** The other accounts that have some of it in their trees. Missing: none. */
  otherOwnerIds?: readonly Id[];
  /** Where the listing begins. */
  start: Position | ExportPosition;
  createdAt: Date;
  expiresAt: Date;
  /** Of all members, once it is ready. */
  extent: StoredExtent | null;
}

/** What members add up to: their number, and their bytes in each form. */
export interface StoredExtent {
  members: number;
  zip: StoredBytes;
  tar: StoredBytes;
  /** Of an export: the parts of each text. */
  texts?: TextExtents;
}

/** How long texts are. A text without any part is missing. */
export type TextExtents = Readonly<Partial<Record<TextKey, TextExtent>>>;

export interface TextExtent {
  readonly sizeBytes: Long;
  /** Unsigned. */
  readonly crc32: number;
}

/** The parts of texts that a page has, in UTF-8. */
export type TextParts = Readonly<Partial<Record<TextKey, Binary>>>;

interface StoredBytes {
  bodyBytes: Long;
  directoryBytes: Long;
}

/** A file or folder of an archive. */
export type StoredMember = StoredFolder | StoredFile | StoredText;

interface StoredFolder {
  kind: "folder";
  path: string;
  modifiedAt: Date;
}

export interface StoredFile {
  kind: "file";
  path: string;
  modifiedAt: Date;
  versionId: Id;
  /** Held by the archive: it stays when the version goes. */
  blobId: ObjectId;
  sizeBytes: Long;
  sha256: string;
  crc32: number;
  /** Whose the version is. Missing: the archive's owner's. */
  ownerId?: Id;
}

/** A text that is complete. Its parts are in the pages up to the one that it is a member of. */
export interface StoredText {
  kind: "text";
  path: string;
  modifiedAt: Date;
  key: TextKey;
  sizeBytes: Long;
  crc32: number;
}

/** A document of `archivePages`: some members that follow each other. */
export interface ArchivePageDoc {
  _id: Id;
  archiveId: Id;
  ownerId: Id;
  /** The place of the page among all, from 0. */
  n: number;
  members: StoredMember[];
  /** Missing where it has none. */
  texts?: TextParts;
  /** Of all members before the page; `null` until the archive holds the blobs of the page. */
  before: StoredExtent | null;
  /** Where the listing goes on; `null` at its end. */
  next: Position | ExportPosition | null;
}
