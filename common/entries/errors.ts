import { AppError, PreconditionFailedError } from "../platform/errors.js";
import { MAX_DEPTH } from "./entry.js";

/** A name that cannot be stored. */
export class InvalidNameError extends AppError {
  readonly code = "invalid-name";
  constructor(reason: string) {
    super(`The name ${reason}`);
  }
}

/** A file or folder of the same place has the name. */
export class NameTakenError extends AppError {
  readonly code = "name-taken";
  constructor(name: string) {
    super("A file or folder of this name exists already", { name });
  }
}

/** Whether something was refused for what has its name. */
export function isRefusedForItsName(error: unknown): boolean {
  return error instanceof NameTakenError || error instanceof PreconditionFailedError;
}

/** A cursor that was altered, or comes from a list with another sort or filter. */
export class InvalidCursorError extends AppError {
  readonly code = "invalid-cursor";
  constructor() {
    super("The cursor does not belong to this list; start again without one");
  }
}

/** A folder would lie deeper than {@link MAX_DEPTH}. */
export class FolderTooDeepError extends AppError {
  readonly code = "folder-too-deep";
  constructor() {
    super(`Folders can be nested ${MAX_DEPTH} deep, not deeper`, { maxDepth: MAX_DEPTH });
  }
}
