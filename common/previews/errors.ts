import { AppError } from "../platform/errors.js";
import type { StepOutcome } from "../versions/pipeline.js";

/** How far the step is that makes previews. */
export interface MissingPreview {
  /** `null` where it has not begun. */
  readonly outcome: StepOutcome | null;
  /** In words that the owner may read; `null` where it is on its way. */
  readonly reason: string | null;
}

/** How soon to ask again for a preview that is being made, in seconds. */
const RETRY_AFTER_SECONDS = 2;

/** There is no preview of a content, or not yet. */
export class PreviewMissingError extends AppError {
  readonly code = "preview-missing";
  constructor({ outcome, reason }: MissingPreview) {
    const isPending = reason === null;
    super(isPending ? "The preview is being made; try again soon" : `There is none: ${reason}`, {
      outcome,
      reason,
      ...(isPending && { retryAfterSeconds: RETRY_AFTER_SECONDS }),
    });
  }
}

/** The content is not text, or not in an encoding that is known. */
export class NotTextError extends AppError {
  readonly code = "not-text";
  constructor() {
    super("The content of this file is not text");
  }
}
