import { AppError } from "../../common/platform/errors.js";

/** The path exists, the method does not. `allow` lists those that do. */
export class MethodNotAllowedError extends AppError {
  readonly code = "method-not-allowed";
  constructor(allow: readonly string[]) {
    super("This path does not support the method", { allow });
  }
}

/** No byte of the content lies in the requested range (RFC 9110 §15.5.17). */
export class RangeNotSatisfiableError extends AppError {
  readonly code = "range-not-satisfiable";
  constructor(sizeBytes: number) {
    super(`The requested range is outside the content, which has ${sizeBytes} bytes`, {
      sizeBytes,
    });
  }
}

/** The body does not have the form that its type demands. Its message is a whole sentence. */
export class MalformedBodyError extends AppError {
  readonly code = "malformed-body";
}

/** The request has no body, or an empty one. */
export class NoBodyError extends MalformedBodyError {
  constructor() {
    super("The request has no body");
  }
}

/** The client went away, or closed its side, before the whole body had arrived. */
export class IncompleteBodyError extends AppError {
  readonly code = "incomplete-body";
  constructor() {
    super("The body ended before it was complete");
  }
}

/** The client sent nothing, or too slowly. */
export class RequestTimeoutError extends AppError {
  readonly code = "request-timeout";
  constructor(message = "The request took too long to arrive") {
    super(message);
  }
}

/** A body that is buffered as a whole (JSON) is too large. */
export class BodyTooLargeError extends AppError {
  readonly code = "content-too-large";
  constructor(limitBytes: number) {
    super(`A body of this type may have at most ${limitBytes} bytes`, { limitBytes });
  }
}

/** A form field is too large. */
export class FieldTooLargeError extends AppError {
  readonly code = "field-too-large";
  constructor(limitBytes: number) {
    super(`A form field may have at most ${limitBytes} bytes`, { limitBytes });
  }
}

/** A form has too many fields. */
export class TooManyFieldsError extends AppError {
  readonly code = "too-many-fields";
  constructor(limit: number) {
    super(`A form may have at most ${limit} fields beside its files`, { limit });
  }
}

/** A request has too many files. */
export class TooManyFilesError extends AppError {
  readonly code = "too-many-files";
  constructor(limit: number) {
    super(`A request may have at most ${limit} files`, { limit });
  }
}

/** This path does not accept the media type or the encoding of the body. */
export class UnsupportedMediaTypeError extends AppError {
  readonly code = "unsupported-media-type";
}

/** The content has a `Content-Encoding`. The answer says which are accepted (RFC 9110 §12.5.3). */
export class UnsupportedContentCodingError extends AppError {
  readonly code = "unsupported-media-type";
  constructor() {
    super("Send the content without Content-Encoding", { acceptEncoding: "identity" });
  }
}

/** The message has a transfer coding other than `chunked` (RFC 9112 §6.1). */
export class UnsupportedTransferCodingError extends AppError {
  readonly code = "unsupported-transfer-coding";
  constructor() {
    super("The server supports no Transfer-Encoding but chunked");
  }
}

/** A browser sent the request on behalf of another site. Its message says by what that is known. */
export class CrossSiteRequestError extends AppError {
  readonly code = "cross-site-request";
}

/** The server does not support the expectation of the request (RFC 9110 §10.1.1). */
export class ExpectationFailedError extends AppError {
  readonly code = "expectation-failed";
  constructor() {
    super("The server supports no expectation but 100-continue");
  }
}

/** The request line and the header fields together are too long. */
export class HeaderTooLargeError extends AppError {
  readonly code = "header-too-large";
  constructor(limitBytes: number) {
    super(`The header of a request may have at most ${limitBytes} bytes`, { limitBytes });
  }
}

/** What arrived is not a valid HTTP request. Its message is a whole sentence. */
export class MalformedRequestError extends AppError {
  readonly code = "invalid-request";
}
