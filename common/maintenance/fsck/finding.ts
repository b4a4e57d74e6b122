import type { Id } from "../../platform/ids.js";

/** What is checked, in this order: first what is read, then what is counted. */
export const CHECK_NAMES = ["blobs", "versions", "tree", "usage", "previews", "events"] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** What can be wrong. */
export const FINDING_KINDS = [
  /** The bytes of a blob are not those that were written; `text` says how. */
  "damaged-blob",
  /** A blob cannot be read, because its encryption key is missing. */
  "missing-key",
  /** The versions that hold a blob are not those that name it. */
  "wrong-references",
  /** A version belongs to no file. */
  "version-without-file",
  /** A file shows a version that is not there. */
  "file-without-version",
  /** A file shows other figures of its version than the version has. */
  "outdated-file",
  /** The folder that an entry lies in is not there. */
  "entry-without-folder",
  /** Folders lie inside each other in a circle, or deeper than they may. */
  "folder-circle",
  /** The account that an entry belongs to is not there. */
  "entry-without-account",
  /** What an account is said to store is not what it stores. */
  "wrong-usage",
  /** A preview is left of a blob that is gone. */
  "preview-without-blob",
  /** A preview has not the bytes that it should have. */
  "damaged-preview",
  /** Events are left of an account that is gone. */
  "events-without-account",
  /** The numbers of the events of an account have gaps. */
  "missing-event",
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** Something that is wrong. */
export interface Finding {
  readonly kind: FindingKind;
  /** What it is about: the id of a blob, version, entry or account. */
  readonly id: string;
  readonly ownerId: Id | null;
  /** In words, for the operator. It names no files. */
  readonly text: string;
}

/** How to look, and what to do. */
export interface FsckMode {
  /** Whether all bytes are read, and their digests are compared. */
  readonly isDeep: boolean;
  /** Whether what can be repaired safely is repaired. */
  readonly isRepairing: boolean;
}

/** One kind of things that are checked, in the order of their keys. */
export interface Check {
  readonly name: CheckName;
  /** About how many there are. */
  count(): Promise<number>;
  /** The keys behind another one, in order; none at the end. */
  keysAfter(after: string | null, limit: number): Promise<string[]>;
  /** What is wrong with one of them now. What others are just writing may look wrong for a moment. */
  inspect(key: string, mode: FsckMode, signal: AbortSignal): Promise<Finding[]>;
  /**
   * Repairs what an inspection has found, if that is safe. It never removes content. May be repeated.
   *
   * @returns What was done, in words; `undefined` where nothing is.
   */
  repair(key: string, finding: Finding): Promise<string | undefined>;
}
