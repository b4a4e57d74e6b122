import { NameTakenError } from "../entries/name.js";
import { AppError, PreconditionFailedError } from "../platform/errors.js";

/** The ledger has an upload of this id already. */
export class UploadExistsError extends Error {}

/** A file or form is larger than the limit. */
export class ContentTooLargeError extends AppError {
  readonly code = "content-too-large";
  constructor(limitBytes: number) {
    super(`At most ${limitBytes} bytes are accepted`, { limitBytes });
  }
}

/** The content does not have the announced length. */
export class IncompleteContentError extends AppError {
  readonly code = "incomplete-body";
  constructor(facts: { expectedBytes: number; receivedBytes: number }) {
    super(`${facts.expectedBytes} bytes were announced and ${facts.receivedBytes} arrived`, facts);
  }
}

/** The upload's lease has ended, and the sweep has taken it over. */
export class UploadExpiredError extends AppError {
  readonly code = "upload-expired";
  constructor() {
    super("The upload made no progress for too long and was removed. Send it again");
  }
}

/** Whether an upload was refused for what has its name: then nothing of it is kept. */
export function isRefusedForWhatIsThere(error: unknown): boolean {
  return error instanceof NameTakenError || error instanceof PreconditionFailedError;
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

/** The upload has become a file: the file can be deleted, the upload cannot. */
export class UploadPublishedError extends AppError {
  readonly code = "upload-published";
  constructor() {
    super("The upload is whole and has become a file; delete that instead");
  }
}
