import type { IncomingHttpHeaders } from "node:http";
import {
  type EntityTag,
  parseHttpDate,
  parseIfRange,
  readEntityTags,
  wholeSeconds,
} from "./validators.js";

/** The state of a resource that a request's conditions are about. */
export interface Validators {
  /** Strong and quoted. */
  readonly etag: string;
  /** Unless the resource has no date. */
  readonly lastModified?: Date;
}

/**
 * Evaluates the conditions of a GET or HEAD in the order of RFC 9110 §13.2.2. Dates are compared to the second. An invalid date
 * is ignored (§13.1.3).
 *
 * @returns `proceed`; `not-modified` (304); or `failed` (412).
 * @throws InvalidRequestError when `If-Match` or `If-None-Match` is malformed.
 */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  current: Validators,
): "proceed" | "not-modified" | "failed" {
  const ifMatch = readEntityTags("If-Match", headers);
  const ifNoneMatch = readEntityTags("If-None-Match", headers);
  const isExpectedState =
    ifMatch === undefined
      ? !isModifiedSince(headers["if-unmodified-since"], current)
      : matchesAny(ifMatch, current, "strong");
  if (!isExpectedState) return "failed";
  const isKnown =
    ifNoneMatch === undefined
      ? isUnmodifiedSince(headers["if-modified-since"], current)
      : matchesAny(ifNoneMatch, current, "weak");
  return isKnown ? "not-modified" : "proceed";
}

/** Both are false where one of the two dates is missing. */
const isModifiedSince = (field: string | undefined, current: Validators) =>
  compareDates(current, field) > 0;
const isUnmodifiedSince = (field: string | undefined, current: Validators) =>
  compareDates(current, field) <= 0;

/** `NaN` where one of the two is missing. */
function compareDates({ lastModified }: Validators, field = ""): number {
  if (lastModified === undefined) return Number.NaN;
  return wholeSeconds(lastModified) - (parseHttpDate(field) ?? Number.NaN);
}

/**
 * Step 5: a `Range` counts unless an `If-Range` names other content than there is (RFC 9110 §13.1.5). An invalid date names no content.
 *
 * @throws InvalidRequestError when `If-Range` begins like an entity tag, and is malformed.
 */
export function isRangeWanted(
  { range, "if-range": ifRange }: IncomingHttpHeaders,
  current: Validators,
): boolean {
  if (range === undefined) return false;
  if (ifRange === undefined) return true;
  const field = String(ifRange).trim();
  if (/^(?:W\/|")/.test(field)) return isStrongMatch(parseIfRange(field), current.etag);
  return compareDates(current, field) === 0;
}

/** A weak tag never compares strongly, and ours are all strong (RFC 9110 §8.8.3.2). */
function matchesAny(
  tags: "*" | readonly EntityTag[],
  { etag }: Validators,
  comparison: "strong" | "weak",
): boolean {
  if (tags === "*") return true;
  return tags.some((tag) =>
    comparison === "weak" ? `"${tag.opaque}"` === etag : isStrongMatch(tag, etag),
  );
}

const isStrongMatch = ({ isWeak, opaque }: EntityTag, etag: string) =>
  !isWeak && `"${opaque}"` === etag;
