import type { IncomingHttpHeaders } from "node:http";
import { type EntityTag, parseHttpDate, readEntityTags, wholeSeconds } from "./validators.js";

/** The state of a resource that a request's conditions are about. */
export interface Validators {
  /** Strong and quoted. */
  readonly etag: string;
  readonly lastModified: Date;
}

/**
 * Evaluates the conditions of a GET or HEAD in the order of RFC 9110 §13.2.2. Dates are compared to the second. A condition that cannot
 * be read names no state that is there: a date that is none is ignored, and tags that are none match nothing.
 *
 * @returns `proceed`; `not-modified` (304); or `failed` (412).
 */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  current: Validators,
): "proceed" | "not-modified" | "failed" {
  if (!isExpectedState(headers, current)) return "failed";
  return isNewToClient(headers, current) ? "proceed" : "not-modified";
}

/** Steps 1 and 2: the client acts upon a state that it knows. */
function isExpectedState(headers: IncomingHttpHeaders, current: Validators): boolean {
  const ifMatch = headers["if-match"];
  if (ifMatch !== undefined) return matchesAny(ifMatch, current, "strong");
  const date = parseHttpDate(headers["if-unmodified-since"] ?? "");
  return date === undefined || wholeSeconds(current.lastModified) <= date;
}

/** Steps 3 and 4: the client wants a state that it does not know yet. */
function isNewToClient(headers: IncomingHttpHeaders, current: Validators): boolean {
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) return !matchesAny(ifNoneMatch, current, "weak");
  const date = parseHttpDate(headers["if-modified-since"] ?? "");
  return date === undefined || wholeSeconds(current.lastModified) > date;
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
function matchesAny(field: string, { etag }: Validators, comparison: "strong" | "weak"): boolean {
  const tags = readEntityTags(field) ?? [];
  if (tags === "*") return true;
  const isEqual = ({ isWeak, opaque }: EntityTag) =>
    `"${opaque}"` === etag && (comparison === "weak" || !isWeak);
  return tags.some(isEqual);
}
