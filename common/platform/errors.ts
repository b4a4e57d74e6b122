/**
 * Every way in which Stowage refuses on purpose. The codes are public: clients compare them, so a code never changes its
 * meaning. `api/http/problem.ts` gives each its HTTP status and title, and `api/pages/problem-texts.ts` says what it means; a code
 * without them does not compile.
 */
export type ErrorCode =
  | "account-deleted"
  | "account-disabled"
  | "already-linked"
  | "archive-not-ready"
  | "archive-too-large"
  | "busy"
  | "changes-expired"
  | "checksum-mismatch"
  | "concatenation-running"
  | "content-not-ready"
  | "content-search-off"
  | "content-too-large"
  | "credential-not-accepted"
  | "cross-site-request"
  | "current-version"
  | "damaged-content"
  | "digest-mismatch"
  | "email-taken"
  | "encryption-key-missing"
  | "expectation-failed"
  | "field-too-large"
  | "final-upload"
  | "folder-into-itself"
  | "folder-too-deep"
  | "grant-used-up"
  | "header-too-large"
  | "idempotency-key-in-use"
  | "idempotency-key-reused"
  | "incomplete-body"
  | "insufficient-role"
  | "insufficient-scope"
  | "internal-error"
  | "invalid-code"
  | "invalid-credentials"
  | "invalid-cursor"
  | "invalid-invitation"
  | "invalid-name"
  | "invalid-passkey"
  | "invalid-request"
  | "invalid-token"
  | "is-folder"
  | "last-admin"
  | "link-password-required"
  | "link-view-only"
  | "mail-off"
  | "malformed-body"
  | "method-not-allowed"
  | "name-not-allowed"
  | "name-taken"
  | "no-file"
  | "not-admitted"
  | "not-found"
  | "not-text"
  | "offset-conflict"
  | "only-sign-in"
  | "other-owner"
  | "parent-missing"
  | "passkeys-off"
  | "precondition-failed"
  | "preview-missing"
  | "quarantined"
  | "quota-exceeded"
  | "range-not-satisfiable"
  | "reauthentication-failed"
  | "reauthentication-required"
  | "registration-closed"
  | "request-timeout"
  | "restricted-credential"
  | "root-folder"
  | "second-factor-required"
  | "single-sign-on-failed"
  | "too-many-api-keys"
  | "too-many-archives"
  | "too-many-attempts"
  | "too-many-event-streams"
  | "too-many-fields"
  | "too-many-files"
  | "too-many-jobs"
  | "too-many-links"
  | "too-many-passkeys"
  | "too-many-requests"
  | "too-many-shares"
  | "too-many-webhooks"
  | "top-of-share"
  | "type-not-allowed"
  | "type-refused"
  | "unauthenticated"
  | "unavailable"
  | "unfinished-part"
  | "unsupported-media-type"
  | "unsupported-transfer-coding"
  | "unsupported-tus-version"
  | "upload-expired"
  | "upload-published"
  | "upload-taken-over"
  | "url-not-allowed"
  | "username-taken"
  | "webhook-disabled";

/** What a client may know about a refusal beside its code: small, harmless values only. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/** One invalid field of a request. `pointer` is a JSON pointer (RFC 6901) into the body, or the parameter's name. */
export interface FieldFault {
  readonly in: "body" | "query" | "path" | "header";
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal with a stable code. `message` is one sentence for the person who reads the answer. */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.facts = facts;
  }
}

/** The thing does not exist, or not for this actor: the two are never told apart. */
export class NotFoundError extends AppError {
  readonly code = "not-found";
  constructor(what = "resource") {
    super(`There is no such ${what}`);
  }
}

/** A request does not have the form that the API promises. Says which fields, and why. */
export class InvalidRequestError extends AppError {
  readonly code = "invalid-request";
  readonly faults: readonly FieldFault[];

  constructor(faults: readonly FieldFault[]) {
    super(faults.map(({ detail }) => detail).join("; "), { errors: faults });
    this.faults = faults;
  }
}

/** A file or form is larger than the limit. */
export class ContentTooLargeError extends AppError {
  readonly code = "content-too-large";
  constructor(limitBytes: number) {
    super(`At most ${limitBytes} bytes are accepted`, { limitBytes });
  }
}

/** A condition of the request (`If-Match`, `If-Unmodified-Since`, `If-None-Match`) does not hold (RFC 9110 §15.5.13). */
export class PreconditionFailedError extends AppError {
  readonly code = "precondition-failed";
  constructor() {
    super("The condition of the request does not hold: the resource is in another state");
  }
}

/** Something that Stowage stands on (MongoDB, Redis) does not answer. Trying again later may work. */
export class UnavailableError extends AppError {
  readonly code = "unavailable";
  constructor(
    dependency: "MongoDB" | "Redis",
    { cause, retryAfterSeconds = 5 }: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(`${dependency} does not answer; try again later`, { retryAfterSeconds }, { cause });
  }
}

/** This process does as much at once as it is allowed to. Trying again soon will work. */
export class BusyError extends AppError {
  readonly code = "busy";
  constructor(message: string, { retryAfterSeconds = 1 }: { retryAfterSeconds?: number } = {}) {
    super(message, { retryAfterSeconds });
  }
}

/** A cursor that was altered, or comes from a list with another sort or filter. */
export class InvalidCursorError extends AppError {
  readonly code = "invalid-cursor";
  constructor() {
    super("The cursor does not belong to this list; start again without one");
  }
}
