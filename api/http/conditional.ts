import type { IncomingHttpHeaders } from "node:http";

/** The state of a resource that a request's conditions are about. */
export interface Validators {
  /** Strong and quoted. */
  readonly etag: string;
  readonly lastModified: Date;
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Evaluates the conditions of a request in the order of RFC 9110 §13.2.2, for a resource that exists.
 *
 * @returns `proceed`; `not-modified` (304, for GET and HEAD only); or `failed` (412).
 */
export function evaluateConditions(
  method: string,
  headers: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
): "proceed" | "not-modified" | "failed" {
  const isRead = method === "GET" || method === "HEAD";
  const ifMatch = headers["if-match"];
  const ifUnmodifiedSince = httpDate(headers["if-unmodified-since"]);
  if (ifMatch !== undefined) {
    if (!matchesAny(ifMatch, etag, "strong")) return "failed";
  } else if (ifUnmodifiedSince !== undefined && seconds(lastModified) > ifUnmodifiedSince) {
    return "failed";
  }
  const ifNoneMatch = headers["if-none-match"];
  const ifModifiedSince = httpDate(headers["if-modified-since"]);
  if (ifNoneMatch !== undefined) {
    if (!matchesAny(ifNoneMatch, etag, "weak")) return "proceed";
    return isRead ? "not-modified" : "failed";
  }
  const isUnchanged = ifModifiedSince !== undefined && seconds(lastModified) <= ifModifiedSince;
  return isRead && isUnchanged ? "not-modified" : "proceed";
}

/** Whether a `Range` counts: without `If-Range` it does, with one only for the very same content (RFC 9110 §13.1.5). */
export function isRangeWanted(
  { range, "if-range": ifRange }: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
): boolean {
  if (range === undefined) return false;
  if (ifRange === undefined) return true;
  const field = String(ifRange).trim();
  return field.includes('"') ? field === etag : httpDate(field) === seconds(lastModified);
}

/** A weak tag never compares strongly, and ours are all strong (RFC 9110 §8.8.3.2). */
function matchesAny(field: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (field.trim() === "*") return true;
  const tags = field.match(ENTITY_TAG) ?? [];
  return tags.some((tag) => (comparison === "weak" ? tag.replace(/^W\//, "") : tag) === etag);
}

/** Seconds since 1970 of a date in one of HTTP's forms, all of which are in GMT; `undefined` for anything else. */
function httpDate(field: string | undefined): number | undefined {
  if (field === undefined || !/^[A-Z][a-z]{2,8},? .*\d/.test(field)) return undefined;
  const time = Date.parse(field.endsWith("GMT") ? field : `${field} GMT`);
  return Number.isNaN(time) ? undefined : time / 1000;
}

/** HTTP's dates have no fractions. */
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
