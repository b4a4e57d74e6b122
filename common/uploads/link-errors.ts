import { AppError } from "../platform/errors.js";

/** A grant has stored as many files or bytes as it may. Those under way count. */
export class GrantUsedUpError extends AppError {
  readonly code = "grant-used-up";
  constructor(limits: { readonly maxFiles: number | null; readonly maxBytes: number | null }) {
    super("The upload grant does not allow so many files or bytes", limits);
  }
}

/** A grant takes no file of this name. */
export class NameNotAllowedError extends AppError {
  readonly code = "name-not-allowed";
  constructor(namePattern: string) {
    super(`The upload grant takes only files whose name matches ${namePattern}`, { namePattern });
  }
}

/** A grant takes no content of the type that was found. */
export class TypeNotAllowedError extends AppError {
  readonly code = "type-not-allowed";
  constructor(found: string, types: readonly string[]) {
    super(`The content is ${found}; the upload grant takes only ${types.join(", ")}`, {
      found,
      types,
    });
  }
}
