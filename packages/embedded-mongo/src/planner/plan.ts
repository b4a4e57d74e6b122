import { getField, readElements, type RawDocument } from "../bson/document.js";
import { encodeValue } from "../bson/encode.js";
import { isNumber, toDouble } from "../bson/number.js";
import { NULL_VALUE } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { KeyField } from "../keys.js";
import type { Filter } from "../query/filter.js";
import type { Sort } from "../sort.js";
import type { Collection } from "../storage/collection.js";
import type { KeyBounds } from "../storage/layout.js";
import type { StoredIndex } from "../storage/stored-index.js";
import { boundIndex, type IndexBounds, keyBounds } from "./bounds.js";

/** As many unique keys are looked up rather than a range of unknown length is read. */
const FEW_KEYS = 200;

/** The score of an index in which one document at most can match. */
const ONE_UNIQUE_KEY = 1000;

/** How the documents of a query are found. */
export type Plan = CollectionPlan | IndexPlan;

/** All documents, in the order of insertion or against it. */
export interface CollectionPlan {
  readonly kind: "collection";
  readonly isBackward: boolean;
  readonly isCovered: boolean;
  readonly providesSort: boolean;
}

/** Documents that have a key inside `ranges`. */
export interface IndexPlan {
  readonly kind: "index";
  readonly index: StoredIndex;
  /** In key order, as keys of the table of indexes. */
  readonly ranges: readonly KeyBounds[];
  readonly isBackward: boolean;
  /** The keys decide alone: documents need not be compared with the filter. */
  readonly isCovered: boolean;
  /** Documents come in the order of the query's sort. */
  readonly providesSort: boolean;
  /** Each range is one key, which at most one document can have. */
  readonly areUniquePoints: boolean;
  /** The state of the index that the plan relies on. */
  readonly wasMultikey: boolean;
  readonly wasTruncated: boolean;
}

export interface Question {
  readonly filter: Filter;
  readonly sort?: Sort | undefined;
  /** The name or the key pattern of an index, or `{ $natural: ±1 }`. */
  readonly hint?: string | RawDocument | undefined;
}

interface Candidate {
  readonly index: StoredIndex;
  readonly bounds: IndexBounds;
  /** The direction in which the index gives the query's order; 0 when it does not, or when none is asked for. */
  readonly sortDirection: 1 | -1 | 0;
  readonly score: number;
}

/** @throws CommandError BadValue (2) when the hint names no index that can be used. */
export function choosePlan(collection: Collection | undefined, question: Question): Plan {
  const hinted = question.hint === undefined ? undefined : resolveHint(collection, question.hint);
  if (hinted !== undefined && "isBackward" in hinted)
    return collectionPlan(question, hinted.isBackward);
  const indexes = hinted === undefined ? (collection?.usableIndexes ?? []) : [hinted];
  const candidates: Candidate[] = [];
  for (const index of indexes) {
    if (!canAnswer(index, question.filter)) continue;
    const candidate = assess(index, question);
    // No other could beat it, and most queries are for one `_id`.
    if (candidate.score === ONE_UNIQUE_KEY) return indexPlan(candidate, question);
    candidates.push(candidate);
  }
  if (hinted !== undefined && candidates.length === 0)
    throw new CommandError(
      "BadValue",
      "The hinted index does not hold all documents of this query",
    );
  candidates.sort((a, b) => b.score - a.score);
  const [best] = candidates;
  if (best === undefined || (best.score === 0 && hinted === undefined))
    return collectionPlan(question, false);
  return indexPlan(best, question);
}

function collectionPlan({ filter, sort }: Question, isBackward: boolean): CollectionPlan {
  return {
    kind: "collection",
    isBackward,
    isCovered: filter.isEmpty,
    providesSort: sort === undefined,
  };
}

function indexPlan(
  { index, bounds, sortDirection }: Candidate,
  { filter, sort }: Question,
): IndexPlan {
  const areAllUsed = filter.constraints.every((constraint) => bounds.used.has(constraint));
  return {
    kind: "index",
    index,
    ranges: bounds.ranges.map((range) => keyBounds(index, range)),
    isBackward: sortDirection === -1,
    isCovered: filter.isCoveredByConstraints && areAllUsed && bounds.isExact,
    providesSort: sort === undefined || sortDirection !== 0,
    areUniquePoints: bounds.arePoints && index.isUnique,
    wasMultikey: index.state.isMultikey,
    wasTruncated: index.state.isTruncated,
  };
}

/** A sparse or partial index lacks documents: the filter must exclude them. */
function canAnswer(index: StoredIndex, filter: Filter): boolean {
  if (index.partialFilter !== undefined && !filter.implies(index.partialFilter)) return false;
  return !index.isSparse || index.fields.some(({ path }) => excludesMissing(filter, path));
}

/** Whether some predicate on the path is false for documents without the field (which have the key of null). */
function excludesMissing(filter: Filter, path: string): boolean {
  const missing = encodeValue(NULL_VALUE);
  return filter.constraints.some(
    (constraint) =>
      constraint.path === path &&
      !constraint.ranges.some(
        ({ start, end }) => start.compare(missing) <= 0 && missing.compare(end) < 0,
      ),
  );
}

function assess(index: StoredIndex, { filter, sort }: Question): Candidate {
  const bounds = boundIndex(index, filter.constraints);
  const sortDirection = sort === undefined ? 0 : directionOf(sort.fields, index, bounds);
  return { index, bounds, sortDirection, score: scoreOf(index, bounds, sortDirection !== 0) };
}

/**
 * The more fields have one value, the fewer keys are read; an order from the index saves a sort, but not as many
 * reads as one more field. One unique key beats everything, and a few of them beat all ranges.
 */
function scoreOf(index: StoredIndex, bounds: IndexBounds, isSorted: boolean): number {
  const keys = bounds.ranges.length;
  if (bounds.arePoints && index.isUnique && keys <= FEW_KEYS) return ONE_UNIQUE_KEY + 1 - keys;
  const ranged = bounds.boundFields - bounds.pinnedFields;
  const partial = index.isPartial && bounds.boundFields > 0 ? 1 : 0;
  return bounds.pinnedFields * 10 + ranged * 5 + (isSorted ? 8 : 0) + partial;
}

/**
 * The direction in which a scan of the index gives the order of `sort`. A field with one value in the whole scan may
 * be left out of either side. Keys of a multikey index are not documents, and cut keys have no order.
 */
function directionOf(
  sort: readonly KeyField[],
  index: StoredIndex,
  bounds: IndexBounds,
): 1 | -1 | 0 {
  if (index.state.isMultikey || index.state.isTruncated) return 0;
  const isPinned = (path: string) =>
    index.fields.slice(0, bounds.pinnedFields).some((field) => field.path === path);
  const wanted = sort.filter(({ path }) => !isPinned(path));
  const given = index.fields.slice(bounds.pinnedFields);
  let direction: 1 | -1 | 0 = 0;
  for (const [position, { path, direction: wantedDirection }] of wanted.entries()) {
    const field = given[position];
    if (field?.path !== path) return 0;
    const next = field.direction === wantedDirection ? 1 : -1;
    if (direction !== 0 && direction !== next) return 0;
    direction = next;
  }
  return direction === 0 ? 1 : direction;
}

function resolveHint(
  collection: Collection | undefined,
  hint: string | RawDocument,
): StoredIndex | { isBackward: boolean } | undefined {
  if (typeof hint !== "string" && naturalDirection(hint) !== 0)
    return { isBackward: naturalDirection(hint) < 0 };
  const index = collection?.usableIndexes.find((candidate) =>
    typeof hint === "string" ? candidate.name === hint : candidate.keyPattern.equals(hint),
  );
  if (index === undefined && collection !== undefined)
    throw new CommandError(
      "BadValue",
      "error processing query: hint provided does not correspond to an existing index",
    );
  return index;
}

/**
 * 1 or -1 of `{ $natural: ±1 }`, 0 of what has no `$natural`.
 * @throws CommandError BadValue (2) for another value, and for other fields beside it.
 */
function naturalDirection(hint: RawDocument): 1 | -1 | 0 {
  const natural = getField(hint, "$natural");
  if (natural === undefined) return 0;
  const direction = isNumber(natural) ? toDouble(natural) : 0;
  if ((direction === 1 || direction === -1) && readElements(hint).length === 1) return direction;
  throw new CommandError("BadValue", "$natural must be 1 or -1, and no field can stand beside it");
}
