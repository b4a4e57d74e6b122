import type { RawDocument } from "../bson/document.js";
import {
  constraintsOf,
  equalitiesOf,
  isCovered,
  type Constraint,
  type Equality,
} from "./constraints.js";
import { impliesNode } from "./implies.js";
import { matchesDocument } from "./match.js";
import { type FilterNode, predicatesOf } from "./node.js";
import { parseFilter } from "./parse.js";
import { mayFilterIndex } from "./partial.js";
import type { MatchPosition, Predicate } from "./predicate.js";
import type { Turn } from "../turn.js";

export type { Constraint, Equality };
export type MatchDetails = MatchPosition;

/** A compiled filter. */
export class Filter {
  readonly #node: FilterNode;
  /** One per predicate that bounds a path, in filter order. */
  readonly constraints: readonly Constraint[];
  /** The filter is nothing but its constraints, and each is exact: keys alone decide. Also true of the empty filter. */
  readonly isCoveredByConstraints: boolean;
  /** The filter `{}`: everything matches. */
  readonly isEmpty: boolean;
  /** It may be the `partialFilterExpression` of an index. */
  readonly mayFilterIndex: boolean;
  /** Values that each match must have, for the document of an upsert: `{ a: 1, b: { $eq: 2 } }` has two. */
  readonly equalities: readonly Equality[];

  readonly #unprepared: Predicate[];

  constructor(node: FilterNode) {
    this.#node = node;
    this.#unprepared = predicatesOf(node).filter(({ prepare }) => prepare !== undefined);
    this.constraints = constraintsOf(node);
    this.isCoveredByConstraints = isCovered(node);
    this.isEmpty = node.kind === "and" && node.children.length === 0;
    this.mayFilterIndex = mayFilterIndex(node);
    this.equalities = equalitiesOf(node);
  }

  /**
   * Gets ready for the first match bit by bit, where that takes long.
   * @returns Whether it is ready; else it is to be called again.
   */
  prepare(turn: Turn): boolean {
    for (let last = this.#unprepared.at(-1); last !== undefined; last = this.#unprepared.at(-1)) {
      if (last.prepare?.(turn) === false) return false;
      this.#unprepared.pop();
    }
    return true;
  }

  /** @param details - Receives the position that the positional operator `$` stands for. */
  matches(document: RawDocument, details?: MatchDetails): boolean {
    if (details) details.position = undefined;
    return matchesDocument(this.#node, document, details);
  }

  /** Whether every document that this filter matches is matched by `other` too; may be false though it is so. */
  implies(other: Filter): boolean {
    return impliesNode(this.#node, other.#node);
  }

  /** The filter that matches what both match. */
  and(other: Filter): Filter {
    if (this.isEmpty) return other;
    if (other.isEmpty) return this;
    return new Filter({ kind: "and", children: [this.#node, other.#node] });
  }
}

/**
 * Compiles a filter document.
 *
 * @throws CommandError with MongoDB's code for whatever is malformed or not supported: 2 (BadValue: unknown operator,
 * wrong operand), 9 (FailedToParse), 14 (TypeMismatch), 51091 (regular expression that JavaScript cannot express).
 */
export function compileFilter(filter: RawDocument): Filter {
  return new Filter(parseFilter(filter));
}
