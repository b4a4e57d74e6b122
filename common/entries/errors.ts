import {
  AppError,
  type FieldFault,
  NotFoundError,
  PreconditionFailedError,
} from "../platform/errors.js";
import { MAX_DEPTH } from "./entry.js";

/** A name that cannot be stored. With the field that had it, once a door has said which ({@link in}). */
export class InvalidNameError extends AppError {
  readonly code = "invalid-name";
  readonly #reason: string;

  constructor(reason: string, field?: NameField) {
    const detail = `The name ${reason}`;
    super(detail, field === undefined ? {} : { errors: [{ ...field, detail }] });
    this.#reason = reason;
  }

  /** The same refusal, of the name in this field. */
  in(field: NameField): InvalidNameError {
    return new InvalidNameError(this.#reason, field);
  }
}

/** Where a request has a name. */
export type NameField = Pick<FieldFault, "in" | "pointer">;

/** A file or folder of the same place has the name. */
export class NameTakenError extends AppError {
  readonly code = "name-taken";
  constructor(name: string) {
    super("A file, folder or mount of this name exists already", { name });
  }
}

/** Whether something was refused for what has its name, or because its folder is gone. */
export function isRefusedForItsPlace(error: unknown): boolean {
  return [NameTakenError, PreconditionFailedError, NotFoundError].some(
    (refusal) => error instanceof refusal,
  );
}

/** A folder would lie inside itself. */
export class FolderIntoItselfError extends AppError {
  readonly code = "folder-into-itself";
  constructor() {
    super("A folder cannot be moved or copied into itself, or into a folder inside it");
  }
}

/** A folder would lie deeper than {@link MAX_DEPTH}. */
export class FolderTooDeepError extends AppError {
  readonly code = "folder-too-deep";
  constructor() {
    super(`Folders can be nested ${MAX_DEPTH} deep, not deeper`, { maxDepth: MAX_DEPTH });
  }
}
