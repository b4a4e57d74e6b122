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

/** No content of the type that was found is taken. */
export class TypeNotAllowedError extends AppError {
  readonly code = "type-not-allowed";

  /** @param types - What an upload grant takes; `null` where the installation stores no such content at all. */
  constructor(found: string, types: readonly string[] | null) {
    const rule =
      types === null
        ? "that is not stored here"
        : `the upload grant takes only ${types.join(", ")}`;
    super(`The content is ${found}; ${rule}`, { found, ...(types !== null && { types }) });
  }
}
