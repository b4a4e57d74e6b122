import type { IncomingHttpHeaders } from "node:http";
import { InvalidRequestError } from "../../common/platform/errors.js";

/** An entity tag (RFC 9110 §8.8.3). */
export interface EntityTag {
  readonly isWeak: boolean;
  /** What stands between the quotes. */
  readonly opaque: string;
}

/** One element of a list, which may be empty, and the comma or end behind it (RFC 9110 §5.6.1.2). */
const ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/y;

/**
 * Reads `If-Match` or `If-None-Match`: `*`, or a list of entity tags. A malformed one is refused wherever conditions count: it must
 * neither count as a condition that does not hold, nor as none.
 *
 * @returns `undefined` where the request has no such field.
 * @throws {@link InvalidRequestError} for anything else, and for a list without a tag.
 */
export function readEntityTags(
  name: "If-Match" | "If-None-Match",
  headers: IncomingHttpHeaders,
): "*" | EntityTag[] | undefined {
  const field = headers[name.toLowerCase()]?.toString();
  if (field === undefined) return undefined;
  return parseEntityTags(field) ?? refuse(name, "* or a list of quoted entity tags");
}

/**
 * Reads `If-Range` where it is no date.
 *
 * @throws {@link InvalidRequestError} for anything but one entity tag.
 */
export function parseIfRange(field: string): EntityTag {
  const tags = parseEntityTags(field);
  const [tag, ...others] = tags === "*" ? [] : (tags ?? []);
  if (tag !== undefined && others.length === 0) return tag;
  return refuse("If-Range", "one quoted entity tag or an HTTP date");
}

function refuse(name: string, form: string): never {
  throw new InvalidRequestError([
    { in: "header", pointer: name, detail: `${name} must be ${form}` },
  ]);
}

function parseEntityTags(field: string): "*" | EntityTag[] | undefined {
  if (field.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  const scanner = new RegExp(ELEMENT);
  while (scanner.lastIndex < field.length) {
    const match = scanner.exec(field);
    if (match === null) return undefined;
    const [, weak, opaque] = match;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
  }
  return tags.length === 0 ? undefined : tags;
}

const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * Reads a date in one of the three forms that RFC 9110 §5.6.7 demands to be understood.
 *
 * @returns Whole seconds since 1970, or `undefined` for anything else: what carries such a date is then to be ignored.
 */
export function parseHttpDate(field: string): number | undefined {
  const isKnown = IMF_FIXDATE.test(field) || RFC_850.test(field) || ASCTIME.test(field);
  const milliseconds = isKnown ? Date.parse(field.replace(/(?: GMT)?$/, " GMT")) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** A point in time as HTTP's dates have it: without fractions of a second. */
export function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
