import type { ObjectId } from "mongodb";
import { AppError } from "../platform/errors.js";

/** The stored bytes of a blob are missing, short or in disorder. Nothing wrong is ever served instead. */
export class DamagedContentError extends AppError {
  readonly code = "damaged-content";
  readonly blobId: ObjectId;
  readonly reason: string;

  constructor(blobId: ObjectId, reason: string) {
    super("The stored content is damaged and cannot be served");
    this.blobId = blobId;
    this.reason = reason;
  }
}
