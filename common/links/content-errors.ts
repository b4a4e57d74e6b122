import { AppError } from "../platform/errors.js";

/** The link lets people look at content only: this is no content that a browser shows safely, or it was to be saved. */
export class LinkViewOnlyError extends AppError {
  readonly code = "link-view-only";
  constructor() {
    super("This link is for looking at files, and this cannot be looked at without saving it");
  }
}

/** The content was stored a moment ago and is being inspected still. Links serve what was found to be harmless. */
export class ContentNotReadyError extends AppError {
  readonly code = "content-not-ready";
  constructor() {
    super("The file was just uploaded and is being inspected; try again soon", {
      retryAfterSeconds: 2,
    });
  }
}
