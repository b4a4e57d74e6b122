import { AppError } from "../platform/errors.js";

/** The version is the one that its file shows: it goes with the file, or when another one has taken its place. */
export class CurrentVersionError extends AppError {
  readonly code = "current-version";
  constructor() {
    super("The file shows this version; upload or restore another one first, or delete the file");
  }
}
