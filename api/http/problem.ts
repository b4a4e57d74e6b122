import { STATUS_CODES, type ServerResponse } from "node:http";
import { AppError, type ErrorCode } from "../../common/platform/errors.js";

/** The HTTP face of each refusal. A code that is missing here does not compile. */
export const PROBLEMS: Record<ErrorCode, { readonly status: number; readonly title: string }> = {
  "account-deleted": { status: 403, title: "Account deleted" },
  "account-disabled": { status: 403, title: "Account disabled" },
  "already-linked": { status: 409, title: "Already linked" },
  busy: { status: 503, title: "Busy" },
  "changes-expired": { status: 410, title: "Changes expired" },
  "checksum-mismatch": { status: 460, title: "Checksum mismatch" },
  "concatenation-running": { status: 409, title: "Concatenation running" },
  "content-not-ready": { status: 503, title: "Content not ready" },
  "content-search-off": { status: 501, title: "No search of contents" },
  "content-too-large": { status: 413, title: "Content too large" },
  "credential-not-accepted": { status: 403, title: "Credential not accepted" },
  "cross-site-request": { status: 403, title: "Cross-site request" },
  "current-version": { status: 409, title: "Current version" },
  "damaged-content": { status: 500, title: "Damaged content" },
  "digest-mismatch": { status: 422, title: "Digest mismatch" },
  "email-taken": { status: 409, title: "E-mail address taken" },
  "encryption-key-missing": { status: 503, title: "Encryption key missing" },
  "expectation-failed": { status: 417, title: "Expectation failed" },
  "field-too-large": { status: 413, title: "Field too large" },
  "final-upload": { status: 403, title: "Final upload" },
  "folder-into-itself": { status: 409, title: "Folder into itself" },
  "folder-too-deep": { status: 409, title: "Folder too deep" },
  "grant-used-up": { status: 403, title: "Grant used up" },
  "header-too-large": { status: 431, title: "Request header fields too large" },
  "idempotency-key-in-use": { status: 409, title: "Idempotency-Key in use" },
  "idempotency-key-reused": { status: 422, title: "Idempotency-Key reused" },
  "incomplete-body": { status: 400, title: "Incomplete body" },
  "insufficient-role": { status: 403, title: "Insufficient role" },
  "insufficient-scope": { status: 403, title: "Insufficient scope" },
  "internal-error": { status: 500, title: "Internal error" },
  "invalid-code": { status: 401, title: "Invalid code" },
  "invalid-credentials": { status: 401, title: "Invalid credentials" },
  "invalid-cursor": { status: 400, title: "Invalid cursor" },
  "invalid-invitation": { status: 403, title: "Invalid invitation" },
  "invalid-name": { status: 400, title: "Invalid name" },
  "invalid-passkey": { status: 401, title: "Invalid passkey" },
  "invalid-request": { status: 400, title: "Invalid request" },
  "invalid-token": { status: 401, title: "Invalid token" },
  "is-folder": { status: 409, title: "Is a folder" },
  "last-admin": { status: 409, title: "Last admin" },
  "link-password-required": { status: 401, title: "Password required" },
  "link-view-only": { status: 403, title: "View only" },
  "mail-off": { status: 501, title: "No mails" },
  "malformed-body": { status: 400, title: "Malformed body" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "name-not-allowed": { status: 403, title: "Name not allowed" },
  "name-taken": { status: 409, title: "Name taken" },
  "no-file": { status: 400, title: "No file" },
  "not-admitted": { status: 403, title: "Not admitted" },
  "not-found": { status: 404, title: "Not found" },
  "not-text": { status: 409, title: "Not text" },
  "offset-conflict": { status: 409, title: "Offset conflict" },
  "parent-missing": { status: 409, title: "Parent missing" },
  "passkeys-off": { status: 409, title: "Passkeys off" },
  "only-sign-in": { status: 409, title: "Only way to sign in" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "preview-missing": { status: 404, title: "No preview" },
  quarantined: { status: 423, title: "Quarantined" },
  "quota-exceeded": { status: 507, title: "Quota exceeded" },
  "range-not-satisfiable": { status: 416, title: "Range not satisfiable" },
  "reauthentication-failed": { status: 403, title: "Reauthentication failed" },
  "reauthentication-required": { status: 403, title: "Reauthentication required" },
  "registration-closed": { status: 403, title: "Registration closed" },
  "request-timeout": { status: 408, title: "Request timeout" },
  "restricted-credential": { status: 403, title: "Restricted credential" },
  "root-folder": { status: 409, title: "Root folder" },
  "second-factor-required": { status: 401, title: "Second factor required" },
  "archive-not-ready": { status: 409, title: "Archive not ready" },
  "archive-too-large": { status: 422, title: "Archive too large" },
  "other-owner": { status: 409, title: "Other owner" },
  "top-of-share": { status: 409, title: "Top of a share" },
  "too-many-shares": { status: 409, title: "Too many shares" },
  "too-many-archives": { status: 409, title: "Too many archives" },
  "too-many-jobs": { status: 409, title: "Too many jobs" },
  "too-many-webhooks": { status: 409, title: "Too many webhooks" },
  "url-not-allowed": { status: 422, title: "URL not allowed" },
  "webhook-disabled": { status: 409, title: "Webhook disabled" },
  "too-many-links": { status: 409, title: "Too many links" },
  "too-many-api-keys": { status: 409, title: "Too many API keys" },
  "single-sign-on-failed": { status: 400, title: "Single sign-on failed" },
  "too-many-attempts": { status: 429, title: "Too many attempts" },
  "too-many-event-streams": { status: 429, title: "Too many streams of events" },
  "too-many-fields": { status: 413, title: "Too many fields" },
  "too-many-files": { status: 413, title: "Too many files" },
  "too-many-passkeys": { status: 409, title: "Too many passkeys" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  "type-not-allowed": { status: 415, title: "Type not allowed" },
  "type-refused": { status: 423, title: "Type refused" },
  unauthenticated: { status: 401, title: "Not signed in" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  "unfinished-part": { status: 409, title: "Unfinished part" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "unsupported-transfer-coding": { status: 501, title: "Unsupported transfer coding" },
  "unsupported-tus-version": { status: 412, title: "Unsupported tus version" },
  "upload-expired": { status: 410, title: "Upload expired" },
  "upload-published": { status: 409, title: "Upload published" },
  "upload-taken-over": { status: 423, title: "Upload taken over" },
  "username-taken": { status: 409, title: "Username taken" },
};

/** The `type` of a problem, relative to the server (RFC 9457 §3.1.1). */
export const problemTypeUri = (code: ErrorCode) => `/problems/${code}`;

export const PROBLEM_TYPE = "application/problem+json";

/** The body of an error answer (RFC 9457 §3), with the facts of its error as extension members. */
export interface ProblemBody {
  /** Identifies the kind of problem, as `code` does. There is a page about it (`api/pages/problem-pages.ts`). */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** What the log calls this request. */
  readonly requestId: string;
  readonly [fact: string]: unknown;
}

export interface Problem {
  readonly status: number;
  /** Header fields that the status asks for: `Retry-After` (seconds), `Allow`, `Content-Range`, `Accept-Encoding`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
}

/** What each code is called. */
export const titleOf = (code: ErrorCode): string => PROBLEMS[code].title;

/** What a client is told about an error. Of one that was not thrown on purpose it learns nothing but the request id. */
export function toProblem(error: unknown, requestId: string): Problem {
  const { code, message, facts } = error instanceof AppError ? error : UNEXPECTED;
  const { status, title } = PROBLEMS[code];
  return {
    status,
    headers: headersFor(code, facts),
    body: {
      ...facts,
      type: problemTypeUri(code),
      title,
      status,
      code,
      detail: message,
      requestId,
    },
  };
}

const UNEXPECTED: Pick<AppError, "code" | "message" | "facts"> = {
  code: "internal-error",
  message: "The server failed; the operator finds the reason in its log by the request id",
  facts: {},
};

function headersFor(code: ErrorCode, facts: AppError["facts"]) {
  const { retryAfterSeconds, allow, sizeBytes, acceptEncoding } = facts;
  return {
    ...(typeof acceptEncoding === "string" && { "Accept-Encoding": acceptEncoding }),
    ...(typeof retryAfterSeconds === "number" && { "Retry-After": String(retryAfterSeconds) }),
    ...(Array.isArray(allow) && { Allow: allow.join(", ") }),
    ...(code === "range-not-satisfiable" && { "Content-Range": `bytes */${String(sizeBytes)}` }),
  };
}

/** A problem as a whole HTTP/1.1 message, for a connection on which there is no response object. */
export function problemMessage(problem: Problem): string {
  const content = JSON.stringify(problem.body);
  const fields = Object.entries(messageHeaders(problem, content));
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const phrase = STATUS_CODES[problem.status] ?? "";
  return `HTTP/1.1 ${problem.status} ${phrase}\r\n${lines}\r\n${content}`;
}

function messageHeaders({ headers, body }: Problem, content: string): Record<string, string> {
  return {
    ...headers,
    "Content-Type": PROBLEM_TYPE,
    "Content-Length": String(Buffer.byteLength(content)),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": body.requestId,
    Connection: "close",
  };
}

/** Answers with a problem where no middleware stands between, and closes the connection. */
export function sendProblem(res: ServerResponse, problem: Problem): void {
  const content = JSON.stringify(problem.body);
  res.writeHead(problem.status, messageHeaders(problem, content));
  res.end(res.req.method === "HEAD" ? "" : content);
}
