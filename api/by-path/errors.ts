import { AppError } from "../../common/platform/errors.js";

/** A folder has no content that could be sent. */
export class IsFolderError extends AppError {
  readonly code = "is-folder";

  /** @param links - Where the folder's metadata and children are. */
  constructor(links: { readonly metadata: string; readonly children: string }) {
    super("The path is that of a folder. Add ?metadata to the URL, or list its children", {
      links,
    });
  }
}
