import { AppError } from "../platform/errors.js";

/** The upload's lease has ended, and the sweep has taken it over; or an admin has cancelled it. */
export class UploadExpiredError extends AppError {
  readonly code = "upload-expired";
  constructor() {
    super(
      "The upload made no progress for too long, or was cancelled, and was removed. Send it again",
    );
  }
}

/** Another request of the same client has taken the upload over. What arrived before is kept. */
export class UploadTakenOverError extends AppError {
  readonly code = "upload-taken-over";
  constructor() {
    super("Another request went on with this upload; ask for its offset before sending more");
  }
}

/** The bytes do not match their checksum (tus 1.0). None of them was kept. */
export class ChecksumMismatchError extends AppError {
  readonly code = "checksum-mismatch";
  constructor(algorithm: string) {
    super(`The bytes do not match the claimed ${algorithm} digest`, { algorithm });
  }
}

/** An upload that is to be concatenated is not a part, or has not arrived completely (tus 1.0). */
export class UnfinishedPartError extends AppError {
  readonly code = "unfinished-part";
  constructor(uploadId: string) {
    super("Only uploads that were begun as parts, and are whole, can be put together", {
      uploadId,
    });
  }
}

/** A final upload is concatenated from parts, and takes no bytes (tus 1.0). */
export class FinalUploadError extends AppError {
  readonly code = "final-upload";
  constructor() {
    super("The upload is concatenated from parts; it takes no bytes of its own");
  }
}

/** The upload is being concatenated, as a part or as the whole, and cannot be changed until that is over. */
export class ConcatenationRunningError extends AppError {
  readonly code = "concatenation-running";
  constructor() {
    super("The upload is being concatenated; try again when the concatenation is over");
  }
}

/** The upload has become a file: the file can be deleted, the upload cannot. */
export class UploadPublishedError extends AppError {
  readonly code = "upload-published";
  constructor() {
    super("The upload is whole and has become a file; delete that instead");
  }
}
