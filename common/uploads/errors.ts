import { NameTakenError } from "../entries/name.js";
import { AppError, PreconditionFailedError } from "../platform/errors.js";

/** The ledger has an upload of this id already. */
export class UploadExistsError extends Error {}

/** A file, field or body is larger than is taken. */
export class ContentTooLargeError extends AppError {
  readonly code = "content-too-large";
  constructor(limitBytes: number) {
    super(`At most ${limitBytes} bytes are accepted`, { limitBytes });
  }
}

/** What arrived is not as long as was announced. */
export class IncompleteContentError extends AppError {
  readonly code = "incomplete-body";
  constructor(facts: { expectedBytes: number; receivedBytes: number }) {
    super(`${facts.expectedBytes} bytes were announced and ${facts.receivedBytes} arrived`, facts);
  }
}

/** The server lost hold of this upload for longer than its lease; nothing of it was stored. */
export class UploadExpiredError extends AppError {
  readonly code = "upload-expired";
  constructor() {
    super("The upload took too long to make progress and was given up; send it again");
  }
}

/** Whether publishing was refused for what is there under the name: then nothing of the upload is to be kept. */
export function isRefusedForWhatIsThere(error: unknown): boolean {
  return error instanceof NameTakenError || error instanceof PreconditionFailedError;
}

/** Another request of the same client goes on with this upload; what had arrived here is kept. */
export class UploadTakenOverError extends AppError {
  readonly code = "upload-taken-over";
  constructor() {
    super("Another request went on with this upload; ask for its offset before sending more");
  }
}

/** What arrived is not what its checksum says; none of it was kept. */
export class ChecksumMismatchError extends AppError {
  readonly code = "checksum-mismatch";
  constructor(algorithm: string) {
    super(`The bytes do not have the ${algorithm} digest that was claimed for them`, { algorithm });
  }
}

/** What was to be put together with others is no part, or has not arrived as a whole. */
export class UnfinishedPartError extends AppError {
  readonly code = "unfinished-part";
  constructor(uploadId: string) {
    super("Only uploads that were begun as parts, and are whole, can be put together", {
      uploadId,
    });
  }
}

/** The upload has become a file; that can be deleted, its upload cannot be given up any more. */
export class UploadPublishedError extends AppError {
  readonly code = "upload-published";
  constructor() {
    super("The upload is whole and has become a file; delete that instead");
  }
}
