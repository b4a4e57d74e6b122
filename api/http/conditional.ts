import type { IncomingHttpHeaders } from "node:http";
import { parseHttpDate, wholeSeconds } from "./http-date.js";

/** The state of a resource that a request's conditions are about. */
export interface Validators {
  /** Strong and quoted. */
  readonly etag: string;
  readonly lastModified: Date;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Evaluates the conditions of a request in the order of RFC 9110 §13.2.2. Dates are compared to the second; a condition
 * whose date is none is ignored.
 *
 * @param current - What is there now; `undefined` where nothing is, for a request that may create it.
 * @returns `proceed`; `not-modified` (304, for GET and HEAD only); or `failed` (412).
 */
export function evaluateConditions(
  method: string,
  headers: IncomingHttpHeaders,
  current: Validators | undefined,
): "proceed" | "not-modified" | "failed" {
  if (!isExpectedState(headers, current)) return "failed";
  if (isNewToClient(method, headers, current)) return "proceed";
  return isRead(method) ? "not-modified" : "failed";
}

/** Steps 1 and 2: the client acts upon a state that it knows. */
function isExpectedState(headers: IncomingHttpHeaders, current: Validators | undefined): boolean {
  const ifMatch = headers["if-match"];
  if (ifMatch !== undefined) return matchesAny(ifMatch, current, "strong");
  const date = parseHttpDate(headers["if-unmodified-since"] ?? "");
  return date === undefined || current === undefined || wholeSeconds(current.lastModified) <= date;
}

/** Steps 3 and 4: the client wants, or wants to make, a state that it does not know yet. */
function isNewToClient(
  method: string,
  headers: IncomingHttpHeaders,
  current: Validators | undefined,
): boolean {
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) return !matchesAny(ifNoneMatch, current, "weak");
  const date = isRead(method) ? parseHttpDate(headers["if-modified-since"] ?? "") : undefined;
  return date === undefined || current === undefined || wholeSeconds(current.lastModified) > date;
}

/** Step 5: a `Range` counts unless an `If-Range` names other content than there is (RFC 9110 §13.1.5). */
export function isRangeWanted(
  { range, "if-range": ifRange }: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
): boolean {
  if (range === undefined) return false;
  if (ifRange === undefined) return true;
  const field = String(ifRange).trim();
  return field === etag || parseHttpDate(field) === wholeSeconds(lastModified);
}

/** A weak tag never compares strongly, and ours are all strong (RFC 9110 §8.8.3.2). */
function matchesAny(
  field: string,
  current: Validators | undefined,
  comparison: "strong" | "weak",
): boolean {
  if (current === undefined) return false;
  if (field.trim() === "*") return true;
  const tags = field.match(ENTITY_TAG) ?? [];
  return tags.some(
    (tag) => (comparison === "weak" ? tag.replace(/^W\//, "") : tag) === current.etag,
  );
}

const isRead = (method: string) => method === "GET" || method === "HEAD";
