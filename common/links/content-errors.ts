import { AppError } from "../platform/errors.js";

/** The link lets people look at content only: this is no content that a browser shows safely, or it was to be saved. */
export class LinkViewOnlyError extends AppError {
  readonly code = "link-view-only";
  constructor() {
    super("This link is for looking at files, and this cannot be looked at without saving it");
  }
}
