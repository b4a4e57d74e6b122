import type { RawDocument } from "../bson/document.js";
import { CommandError } from "../errors.js";
import {
  constraintsOf,
  equalitiesOf,
  isCovered,
  type Constraint,
  type Equality,
} from "./constraints.js";
import { impliesNode } from "./implies.js";
import { matchesDocument } from "./match.js";
import {
  type FilterNode,
  findUnprepared,
  hasExpression,
  type MatchPosition,
  type Predicate,
} from "./node.js";
import { parseFilter } from "./parse.js";
import { mayFilterIndex } from "./partial.js";
import { finish, type Steps, type Turn } from "../turn.js";

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
  readonly #unprepared: Predicate[] = [];

  constructor(node: FilterNode) {
    this.#node = node;
    findUnprepared(node, this.#unprepared);
    this.constraints = constraintsOf(node);
    this.isCoveredByConstraints = isCovered(node);
    this.isEmpty = node.kind === "and" && node.children.length === 0;
  }

  /** It may be the `partialFilterExpression` of an index. */
  get mayFilterIndex(): boolean {
    return mayFilterIndex(this.#node);
  }

  /** Values that each match must have, for the document of an upsert: `{ a: 1, b: { $eq: 2 } }` has two. */
  get equalities(): readonly Equality[] {
    return equalitiesOf(this.#node);
  }

  /** @throws CommandError QueryFeatureNotAllowed (224): nobody could say what document such a filter asks for. */
  requireUpsertable(): void {
    if (hasExpression(this.#node))
      throw new CommandError(
        "QueryFeatureNotAllowed",
        "$expr is not allowed in the query predicate for an upsert",
      );
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

/** Conditions, and values of lists by the dozen, that a filter may have: beyond, it would cost too much memory. */
const MAX_STEPS = 200_000;
/** The same where a filter is compiled in one go: in projections, updates and indexes. */
const MAX_STEPS_AT_ONCE = 2000;

/**
 * Compiles a filter document in one go.
 *
 * @throws CommandError with MongoDB's code for whatever is malformed or not supported: 2 (BadValue: unknown operator,
 * wrong operand, too many conditions), 9 (FailedToParse), 14 (TypeMismatch), 51091 (regular expression that JavaScript
 * cannot express).
 */
export function compileFilter(filter: RawDocument): Filter {
  return finish(compileFilterSteps(filter, MAX_STEPS_AT_ONCE));
}

/** As {@link compileFilter}, for filters of any size. */
export function* compileFilterSteps(filter: RawDocument, maxSteps = MAX_STEPS): Steps<Filter> {
  const steps = parseFilter(filter);
  for (let count = 0; count < maxSteps; count += 1) {
    const step = steps.next();
    if (step.done === true) return new Filter(step.value);
    yield;
  }
  throw new CommandError("BadValue", `The filter has more than ${maxSteps} conditions`);
}
