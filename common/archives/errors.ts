import { AppError } from "../platform/errors.js";

/** The members of the archive are still being listed. */
export class ArchiveNotReadyError extends AppError {
  readonly code = "archive-not-ready";
  constructor() {
    super("The archive is being prepared; try again soon", { retryAfterSeconds: 1 });
  }
}

/** The archive would have more members than are allowed. */
export class ArchiveTooLargeError extends AppError {
  readonly code = "archive-too-large";
  constructor(maxEntries: number) {
    super(`An archive has at most ${maxEntries} files and folders`, { maxEntries });
  }
}

/** A text of an export is not there, or not as it was stored. The connection is cut. */
export class DamagedTextError extends Error {
  constructor(key: string) {
    super(`The text ${key} of an export is not as it was stored`);
  }
}

/** The account has as many archives as are allowed at once. */
export class TooManyArchivesError extends AppError {
  readonly code = "too-many-archives";
  constructor(limit: number) {
    super(`At most ${limit} archives are kept at once; delete one, or wait until one expires`, {
      limit,
    });
  }
}
