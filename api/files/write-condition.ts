import type { IncomingHttpHeaders } from "node:http";
import type { WriteCondition } from "../../common/entries/write-condition.js";
import { isId, type Id } from "../../common/platform/ids.js";
import { type EntityTag, parseHttpDate, readEntityTags } from "../http/validators.js";

/**
 * What `If-Match`, `If-None-Match` and `If-Unmodified-Since` say about the file that a request writes; `null` without them. The ETag of a file is the
 * quoted id of the version that it shows. `If-Match` ignores weak tags, and a tag that is not an id matches no file. The date is ignored
 * when `If-Match` is sent (RFC 9110 §13.2.2), or when it is invalid (§13.1.4).
 *
 * @throws InvalidRequestError when a list of tags has another form.
 */
export function readWriteCondition(headers: IncomingHttpHeaders): WriteCondition | null {
  const ifMatch = readEntityTags("If-Match", headers) ?? null;
  const ifNoneMatch = readEntityTags("If-None-Match", headers) ?? null;
  const seconds =
    ifMatch === null ? parseHttpDate(headers["if-unmodified-since"] ?? "") : undefined;
  if (ifMatch === null && ifNoneMatch === null && seconds === undefined) return null;
  return {
    ifMatch: versionsOf(ifMatch, ({ isWeak }) => !isWeak),
    ifNoneMatch: versionsOf(ifNoneMatch, () => true),
    ...(seconds !== undefined && { ifUnmodifiedSince: new Date(seconds * 1000) }),
  };
}

function versionsOf(
  tags: "*" | EntityTag[] | null,
  counts: (tag: EntityTag) => boolean,
): "any" | Id[] | null {
  if (tags === null) return null;
  if (tags === "*") return "any";
  return tags.filter((tag) => counts(tag) && isId(tag.opaque)).map(({ opaque }) => opaque);
}
