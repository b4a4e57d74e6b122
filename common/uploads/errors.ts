import { AppError } from "../platform/errors.js";

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

/** A file of that name is there already, and the request said not to touch it. */
export class NameTakenError extends AppError {
  readonly code = "name-taken";
  constructor(name: string) {
    super("A file of this name exists already", { name });
  }
}
