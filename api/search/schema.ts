import { object, string } from "yup";
import { hasTooLongWord, wordsOf } from "../../common/content-index/words.js";
import { SEARCH_ORDERS } from "../../common/search/query.js";
import { TYPE_GROUP_NAMES } from "../../common/search/type-groups.js";
import { instantOf } from "../http/instant.js";
import { cursor, flag, folderId, instant, limit, text, wholeNumber } from "../http/fields.js";

/** A media type, a family such as `image/*`, or a group. */
const TYPE = new RegExp(
  String.raw`^(${TYPE_GROUP_NAMES.join("|")}|[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/([a-z0-9][a-z0-9!#$&^_.+-]{0,126}|\*))$`,
);

/** Words of contents: at least one that an index can have, and none that no index has. */
const words = text(255).test(
  "words",
  "${path} must have words of 2 to 64 letters and digits",
  (value) =>
    value === undefined ||
    value === "" ||
    (!hasTooLongWord(value) && wordsOf(value).next().done === false),
);

const bytes = wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** What to find. */
export const searchFields = {
  q: text(255),
  match: string()
    .oneOf(["words", "anywhere"] as const, "${path} must be one of ${values}")
    .default("words" as const),
  content: words,
  kind: string().oneOf(["file", "folder", "mount"] as const, "${path} must be one of ${values}"),
  type: string().matches(
    TYPE,
    "${path} must be a media type such as image/png or image/*, or a group such as document",
  ),
  tag: text(64),
  isFavourite: flag.default(undefined),
  state: string().oneOf(
    ["processing", "ready", "quarantined", "failed"] as const,
    "${path} must be one of ${values}",
  ),
  minBytes: bytes,
  maxBytes: bytes,
  createdAfter: instant,
  createdBefore: instant,
  modifiedAfter: instant,
  modifiedBefore: instant,
  folderId: folderId.default("root"),
};

/** `GET /search`. */
export const searchFiles = {
  query: object({
    ...searchFields,
    sort: string()
      .oneOf(SEARCH_ORDERS, "${path} must be one of ${values}")
      .default("-date" as const),
    cursor,
    limit,
    total: flag,
  }),
};

interface Instants {
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly modifiedAfter?: string | undefined;
  readonly modifiedBefore?: string | undefined;
}

/** The instants of a search, read. */
export const readInstants = (asked: Instants) => ({
  createdAfter: instantOf(asked.createdAfter),
  createdBefore: instantOf(asked.createdBefore),
  modifiedAfter: instantOf(asked.modifiedAfter),
  modifiedBefore: instantOf(asked.modifiedBefore),
});
