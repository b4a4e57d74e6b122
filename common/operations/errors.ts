import { AppError } from "../platform/errors.js";

/** A folder was to be copied as one of many operations. */
export class FolderCopyError extends AppError {
  readonly code = "invalid-request";
  constructor() {
    super("Only files can be copied here; copy a folder with POST /folders/{id}/copy");
  }
}
