import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";
import type { KeyRange } from "./ranges.js";

/**
 * What one predicate of a filter says about the index keys of one path: every document that the filter matches has at
 * least one key of `path` (see `compileKeys`) inside `ranges`. All constraints of a filter hold at once, but in a
 * multikey index each may hold for another key of the document, so only one of them may bound a scan there; in an
 * index that is not multikey they may be intersected.
 */
export interface Constraint {
  readonly path: string;
  /** Sorted and disjoint; empty when nothing can match. */
  readonly ranges: readonly KeyRange[];
  /** The predicate holds for a document if and only if one of its keys lies in `ranges`: it need not be checked again. */
  readonly isExact: boolean;
}

export interface MatchDetails {
  /** The index of the array element that matched, for the positional operator `$`; set by `matches`. */
  position?: number | undefined;
}

export interface Filter {
  matches(document: RawDocument, details?: MatchDetails): boolean;
  /** One per predicate that bounds a path, in filter order. */
  readonly constraints: readonly Constraint[];
  /** The filter is nothing but its constraints, and each is exact: keys alone decide. Also true of the empty filter. */
  readonly isCoveredByConstraints: boolean;
  /** The filter `{}`: everything matches. */
  readonly isEmpty: boolean;
  /** Values that each match must have, for the document of an upsert: `{ a: 1, b: { $eq: 2 } }` has two. */
  readonly equalities: readonly { readonly path: string; readonly value: BsonValue }[];
  /** Whether every document that this filter matches is matched by `other` too; may be false though it is so. */
  implies(other: Filter): boolean;
}

/**
 * Compiles a filter document.
 *
 * @throws CommandError with MongoDB's code for whatever is malformed or not supported: 2 (BadValue: unknown operator,
 * wrong operand), 9 (FailedToParse), 14 (TypeMismatch), 51091 (regular expression that JavaScript cannot express).
 */
export declare function compileFilter(filter: RawDocument): Filter;
