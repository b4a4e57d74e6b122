import { AppError } from "../../common/platform/errors.js";

/** The path exists, the method does not. `allow` lists those that do. */
export class MethodNotAllowedError extends AppError {
  readonly code = "method-not-allowed";
  constructor(allow: readonly string[]) {
    super("This method is not possible here", { allow });
  }
}

/** No byte of the content lies in the range that was asked for (RFC 9110 §15.5.17). */
export class RangeNotSatisfiableError extends AppError {
  readonly code = "range-not-satisfiable";
  constructor(sizeBytes: number) {
    super(`The content has ${sizeBytes} bytes, and none of them is in the requested range`, {
      sizeBytes,
    });
  }
}

/** The body does not have the form that its type demands. */
export class MalformedBodyError extends AppError {
  readonly code = "malformed-body";
  constructor(reason: string) {
    super(`The body is malformed: ${reason}`);
  }
}

/** The client went away, or closed its side, before the whole body had arrived. */
export class IncompleteBodyError extends AppError {
  readonly code = "incomplete-body";
  constructor() {
    super("The body ended before it was complete");
  }
}

/** The client did not send, or sent too slowly, what the server waited for. */
export class RequestTimeoutError extends AppError {
  readonly code = "request-timeout";
  constructor(message = "The request took too long to arrive") {
    super(message);
  }
}

/** A body that is held in memory as a whole (JSON) is larger than is taken. */
export class BodyTooLargeError extends AppError {
  readonly code = "content-too-large";
  constructor(limitBytes: number) {
    super(`A body of this type may have ${limitBytes} bytes`, { limitBytes });
  }
}

/** A form field is larger than is taken. */
export class FieldTooLargeError extends AppError {
  readonly code = "field-too-large";
  constructor(limitBytes: number) {
    super(`A form field may have ${limitBytes} bytes`, { limitBytes });
  }
}

/** One request has more form fields than are taken. */
export class TooManyFieldsError extends AppError {
  readonly code = "too-many-fields";
  constructor(limit: number) {
    super(`A form may have ${limit} fields beside its files`, { limit });
  }
}

/** One request has more files than are taken. */
export class TooManyFilesError extends AppError {
  readonly code = "too-many-files";
  constructor(limit: number) {
    super(`One request may have ${limit} files`, { limit });
  }
}

/** The body is of a type, or coded in a way, that this path does not take. */
export class UnsupportedMediaTypeError extends AppError {
  readonly code = "unsupported-media-type";
}

/** A browser sent the request on behalf of another site. */
export class CrossSiteRequestError extends AppError {
  readonly code = "cross-site-request";
  constructor() {
    super("Requests that change something are accepted from this site's own pages only");
  }
}

/** The request expects something that the server does not do (RFC 9110 §10.1.1). */
export class ExpectationFailedError extends AppError {
  readonly code = "expectation-failed";
  constructor() {
    super("Only the expectation 100-continue can be met");
  }
}

/** The request's line and header fields together are longer than is taken. */
export class HeaderTooLargeError extends AppError {
  readonly code = "header-too-large";
  constructor(limitBytes: number) {
    super(`The header of a request may have ${limitBytes} bytes`, { limitBytes });
  }
}

/** What arrived is no HTTP request. */
export class MalformedRequestError extends AppError {
  readonly code = "invalid-request";
  constructor(reason: string) {
    super(`The request is malformed: ${reason}`);
  }
}
