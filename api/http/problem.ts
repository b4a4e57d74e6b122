import { STATUS_CODES, type ServerResponse } from "node:http";
import { AppError, type ErrorCode } from "../../common/platform/errors.js";

/** The HTTP face of each refusal. A code that is missing here does not compile. */
export const PROBLEMS: Record<ErrorCode, { readonly status: number; readonly title: string }> = {
  busy: { status: 503, title: "Busy" },
  "checksum-mismatch": { status: 460, title: "Checksum mismatch" },
  "content-too-large": { status: 413, title: "Content too large" },
  "cross-site-request": { status: 403, title: "Cross-site request" },
  "damaged-content": { status: 500, title: "Damaged content" },
  "digest-mismatch": { status: 422, title: "Digest mismatch" },
  "encryption-key-missing": { status: 503, title: "Encryption key missing" },
  "expectation-failed": { status: 417, title: "Expectation failed" },
  "field-too-large": { status: 413, title: "Field too large" },
  "folder-too-deep": { status: 409, title: "Folder too deep" },
  "header-too-large": { status: 431, title: "Request header fields too large" },
  "idempotency-key-in-use": { status: 409, title: "Idempotency-Key in use" },
  "idempotency-key-reused": { status: 422, title: "Idempotency-Key reused" },
  "incomplete-body": { status: 400, title: "Incomplete body" },
  "insufficient-scope": { status: 403, title: "Insufficient scope" },
  "internal-error": { status: 500, title: "Internal error" },
  "invalid-credentials": { status: 401, title: "Invalid credentials" },
  "invalid-cursor": { status: 400, title: "Invalid cursor" },
  "invalid-name": { status: 400, title: "Invalid name" },
  "invalid-request": { status: 400, title: "Invalid request" },
  "malformed-body": { status: 400, title: "Malformed body" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "name-taken": { status: 409, title: "Name taken" },
  "no-file": { status: 400, title: "No file" },
  "not-found": { status: 404, title: "Not found" },
  "offset-conflict": { status: 409, title: "Offset conflict" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "quota-exceeded": { status: 507, title: "Quota exceeded" },
  "range-not-satisfiable": { status: 416, title: "Range not satisfiable" },
  "request-timeout": { status: 408, title: "Request timeout" },
  "too-many-fields": { status: 413, title: "Too many fields" },
  "too-many-files": { status: 413, title: "Too many files" },
  unauthenticated: { status: 401, title: "Not signed in" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  "unfinished-part": { status: 409, title: "Unfinished part" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "unsupported-tus-version": { status: 412, title: "Unsupported tus version" },
  "upload-expired": { status: 410, title: "Upload expired" },
  "upload-published": { status: 409, title: "Upload published" },
  "upload-taken-over": { status: 423, title: "Upload taken over" },
  "username-taken": { status: 409, title: "Username taken" },
};

export const PROBLEM_TYPE = "application/problem+json";

/** The body of an error answer (RFC 9457 §3), with the facts of its error as extension members. */
export interface ProblemBody {
  /** Identifies the kind of problem, as `code` does; nothing has to be found there. */
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
  /** Header fields that the status asks for: `Retry-After` (seconds), `Allow`, `Content-Range`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
}

/**
 * What a client is told about an error. Of one that was not thrown on purpose it learns nothing but the request id.
 *
 * 401 goes without `WWW-Authenticate`: no registered scheme describes a cookie, and naming another one would make browsers
 * ask for a password of their own.
 */
export function toProblem(error: unknown, requestId: string): Problem {
  const { code, message, facts } = error instanceof AppError ? error : UNEXPECTED;
  const { status, title } = PROBLEMS[code];
  return {
    status,
    headers: headersFor(code, facts),
    body: {
      ...facts,
      type: `/problems/${code}`,
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

function headersFor(code: ErrorCode, { retryAfterSeconds, allow, sizeBytes }: AppError["facts"]) {
  return {
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
