import type { BodyPace } from "../http/body.js";

/** How much one request may bring, and how slowly. */
export interface UploadLimits {
  readonly pace: BodyPace;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  readonly maxFieldBytes: number;
}
