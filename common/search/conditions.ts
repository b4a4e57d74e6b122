import { type Filter, Long } from "mongodb";
import { fold } from "../entries/folding.js";
import type { Entry } from "../entries/entry.js";
import { isPartOfGram, partGrams, queryWords } from "../entries/name-words.js";
import { startingWith } from "../entries/sort-order.js";
import type { Id } from "../platform/ids.js";
import { term } from "../entries/terms.js";
import type { SearchQuery } from "./query.js";
import { typesOf } from "./type-groups.js";

/** One thing that is asked of an entry. */
export interface Condition {
  readonly filter: Filter<Entry>;
  /** The key of an index that finds the entries which meet the condition. Missing: no index does. */
  readonly index?: Readonly<Record<string, 1>>;
}

/** Of the words and parts of a name that are asked for, so many are counted to find out which are rare. */
const MOST_COUNTED = 8;

const NAMES = { nameTerms: 1 } as const;
const TYPES = { ownerId: 1, type: 1 } as const;
const TAGS = { tagTerms: 1 } as const;
const FAVOURITES = { ownerId: 1, isFavourite: 1 } as const;
const SIZES = { ownerId: 1, sizeBytes: 1, _id: 1 } as const;
const CREATED = { ownerId: 1, createdAt: 1, _id: 1 } as const;
const MODIFIED = { ownerId: 1, modifiedAt: 1, _id: 1 } as const;
const CHILDREN = { ownerId: 1, parentId: 1, nameKey: 1 } as const;

/** What a query asks of each entry, apart from where it lies. An entry is found when it meets all, and {@link namePartOf} too. */
export function conditionsOf(ownerId: Id, query: SearchQuery): Condition[] {
  return [
    ...nameConditions(ownerId, query),
    ...typeConditions(query),
    ...markConditions(ownerId, query),
    ...rangeConditions(query),
  ];
}

/** The part that the folded name must have; the database finds names that have all its stretches, in any order. */
export function namePartOf({ q = "", match }: SearchQuery): string | undefined {
  const isWords = match === "words" && queryWords(q).length > 0;
  return q === "" || isWords ? undefined : fold(q);
}

/** What lies directly in one of some folders. */
export const inFolders = (folderIds: readonly Id[]): Condition => ({
  filter: { parentId: { $in: [...folderIds] } },
  index: CHILDREN,
});

/** A query without letters and digits has no words: it is looked for as a part of the name. */
function nameConditions(ownerId: Id, query: SearchQuery): Condition[] {
  const part = namePartOf(query);
  if (part !== undefined) {
    return partGrams(part).map((gram, n) => {
      const stored = term(ownerId, "g", gram);
      return indexed(n, { nameTerms: isPartOfGram(gram) ? beginning(stored) : stored }, NAMES);
    });
  }
  const words = rarestFirst(queryWords(query.q ?? ""));
  return words.map((word, n) =>
    indexed(n, { nameTerms: beginning(term(ownerId, "w", word)) }, NAMES),
  );
}

const beginning = (text: string) => ({ $elemMatch: startingWith(text) });

/** Long ones are rarer, as a rule. */
const rarestFirst = (texts: readonly string[]) => texts.toSorted((a, b) => b.length - a.length);

const indexed = (n: number, filter: Filter<Entry>, index: Condition["index"]): Condition =>
  n < MOST_COUNTED && index !== undefined ? { filter, index } : { filter };

function typeConditions({ kind, type, state, content }: SearchQuery): Condition[] {
  return [
    ...(content === undefined ? [] : [{ filter: { kind: "file" } as Filter<Entry> }]),
    ...(kind === undefined ? [] : [{ filter: { kind } }]),
    ...(state === undefined ? [] : [{ filter: { state } as Filter<Entry> }]),
    ...(type === undefined ? [] : [typeCondition(type)]),
  ];
}

function typeCondition(type: string): Condition {
  const any = typesOf(type).map((one) => ({
    type: one.endsWith("*") ? startingWith(one.slice(0, -1)) : one,
  }));
  // The first part says that the index has them all.
  return { filter: { $and: [{ type: { $gt: "" } }, { $or: any }] }, index: TYPES };
}

function markConditions(ownerId: Id, { tag, isFavourite }: SearchQuery): Condition[] {
  return [
    ...(tag === undefined
      ? []
      : [{ filter: { tagTerms: term(ownerId, "t", tag.normalize("NFC").trim()) }, index: TAGS }]),
    ...(isFavourite === undefined ? [] : [favouriteCondition(isFavourite)]),
  ];
}

function favouriteCondition(isFavourite: boolean): Condition {
  if (isFavourite) return { filter: { isFavourite: true }, index: FAVOURITES };
  return { filter: { isFavourite: { $exists: false } } };
}

function rangeConditions(query: SearchQuery): Condition[] {
  const { minBytes, maxBytes } = query;
  return [
    ...range("sizeBytes", SIZES, {
      $gte: minBytes === undefined ? undefined : Long.fromNumber(minBytes),
      $lte: maxBytes === undefined ? undefined : Long.fromNumber(maxBytes),
    }),
    ...range("createdAt", CREATED, { $gte: query.createdAfter, $lt: query.createdBefore }),
    ...range("modifiedAt", MODIFIED, { $gte: query.modifiedAfter, $lt: query.modifiedBefore }),
  ];
}

function range(
  field: "sizeBytes" | "createdAt" | "modifiedAt",
  index: Condition["index"],
  bounds: Readonly<Record<string, unknown>>,
): Condition[] {
  const given = Object.entries(bounds).filter(([, bound]) => bound !== undefined);
  if (given.length === 0) return [];
  return [indexed(0, { [field]: Object.fromEntries(given) }, index)];
}
