import type { Id } from "../platform/ids.js";

/** Moves or renames an entry. What is not named stays. */
export interface MoveOperation {
  readonly op: "move";
  readonly id: Id;
  readonly folderId?: Id | undefined;
  readonly name?: string | undefined;
  /** What happens when the name is taken. Default: `fail`. */
  readonly onConflict?: "rename" | "fail" | undefined;
}

/** Copies a file. By default it lies beside the original, under a numbered name. */
export interface CopyOperation {
  readonly op: "copy";
  readonly id: Id;
  readonly folderId?: Id | undefined;
  readonly name?: string | undefined;
  /** What happens when the name is taken. Default: `rename`. */
  readonly onConflict?: "version" | "rename" | "fail" | undefined;
}

/** Puts an entry into the trash, or removes it for good. */
export interface DeleteOperation {
  readonly op: "delete";
  readonly id: Id;
  readonly permanent?: boolean | undefined;
}

/** Takes an entry out of the trash: to where it was, or into a folder. */
export interface RestoreOperation {
  readonly op: "restore";
  readonly id: Id;
  readonly folderId?: Id | undefined;
}

/** Adds tags to an entry, and removes others. Of a tag that is in both lists, `add` counts. */
export interface TagOperation {
  readonly op: "tag";
  readonly id: Id;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** One thing that is done to one entry. The id `root` names no entry here, but a folder to put something into. */
export type Operation =
  MoveOperation | CopyOperation | DeleteOperation | RestoreOperation | TagOperation;

export const OPERATIONS = [
  "move",
  "copy",
  "delete",
  "restore",
  "tag",
] as const satisfies readonly Operation["op"][];
