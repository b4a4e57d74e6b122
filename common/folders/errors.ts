import { AppError } from "../platform/errors.js";

/** A folder of a path does not exist, and nobody has asked for it to be made. */
export class ParentMissingError extends AppError {
  readonly code = "parent-missing";

  /** @param path - Where the folder would be, as the actor sees it. */
  constructor(path: string) {
    super("A folder of the path does not exist; parents=true makes it", { path });
  }
}
