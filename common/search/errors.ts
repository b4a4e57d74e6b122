import { AppError } from "../platform/errors.js";

/** The words of contents are not stored here. */
export class ContentSearchOffError extends AppError {
  readonly code = "content-search-off";

  constructor() {
    super("This server does not search the contents of files; search by name instead");
  }
}
