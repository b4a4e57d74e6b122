import type { Entry, FileEntry } from "../entries/entry.js";

export const SEARCH_ORDERS = [
  ...(["-date", "date", "name", "-name"] as const),
  ...(["size", "-size", "modified", "-modified"] as const),
] as const;

/** What to find, and in which order. Whatever is missing does not count. */
export interface SearchQuery {
  /** Words of the name, or a part of it. */
  readonly q?: string | undefined;
  /** `words`: each word of `q` begins a word of the name. `anywhere`: `q` is a part of the name. Case and accents never count. */
  readonly match: "words" | "anywhere";
  /** Words that the content of a file has, all of them. At least one has 2 to 64 characters; shorter ones do not count. */
  readonly content?: string | undefined;
  readonly kind?: Entry["kind"] | undefined;
  /** `image/png`, `image/*`, or a group of types, as detected. Folders have no type. */
  readonly type?: string | undefined;
  readonly tag?: string | undefined;
  readonly isFavourite?: boolean | undefined;
  readonly state?: FileEntry["state"] | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** At or after this instant. */
  readonly createdAfter?: Date | undefined;
  /** Before this instant. */
  readonly createdBefore?: Date | undefined;
  readonly modifiedAfter?: Date | undefined;
  readonly modifiedBefore?: Date | undefined;
  readonly sort: (typeof SEARCH_ORDERS)[number];
  readonly cursor?: string | undefined;
  /** At most so many items, 1 to 1,000. */
  readonly limit: number;
  /** Whether to count all that are found. */
  readonly total: boolean;
}
