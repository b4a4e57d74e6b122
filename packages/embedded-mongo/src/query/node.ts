import type { RawDocument } from "../bson/document.js";
import type { PathPart } from "../bson/path.js";
import type { BsonValue } from "../bson/value.js";
import type { Turn } from "../turn.js";
import type { KeyRange } from "./ranges.js";

/** A parsed filter. */
export type FilterNode = LogicalNode | NotNode | PathNode | ExpressionNode;

export interface LogicalNode {
  readonly kind: "and" | "or" | "nor";
  readonly children: readonly FilterNode[];
}

export interface NotNode {
  readonly kind: "not";
  readonly child: FilterNode;
}

/** A predicate on what lies at a path. */
export interface PathNode {
  readonly kind: "path";
  readonly path: string;
  readonly parts: readonly PathPart[];
  readonly predicate: Predicate;
}

/** `$expr`. */
export interface ExpressionNode {
  readonly kind: "expression";
  readonly test: (document: RawDocument) => boolean;
}

/** Where an array element matched; see `MatchDetails` of filter.ts. */
export interface MatchPosition {
  position?: number | undefined;
}

/** A test of one value, such as `$gt: 5`. */
export interface Predicate {
  /** The operator's name, `$gt`. */
  readonly operator: string;
  readonly operand: BsonValue;
  /** An array at the end of the path is tested as a whole only (`$size`, `$elemMatch`), not element by element. */
  readonly isOnWholeArray?: boolean;
  /** @param value - `undefined` when the field is missing. */
  readonly test: (value: BsonValue | undefined, match?: MatchPosition) => boolean;
  /**
   * Does in advance what the first test would do otherwise, where that takes long, until the turn is over.
   * @returns Whether it is done.
   */
  readonly prepare?: (turn: Turn) => boolean;
  /** Where the keys of matching documents lie, if that can be said; see `Constraint` of filter.ts. */
  readonly keys?: () => KeyBounds | undefined;
  /** `$elemMatch`: what must hold for one element. */
  readonly element?: ElementCondition;
}

export interface KeyBounds {
  readonly ranges: readonly KeyRange[];
  readonly isExact: boolean;
}

export interface ElementCondition {
  readonly node: FilterNode;
  /** The condition is on fields of the element, not on the element itself. */
  readonly isOnFields: boolean;
}

/** Whether `$expr` is anywhere in a filter. */
export function hasExpression(node: FilterNode): boolean {
  switch (node.kind) {
    case "and":
    case "or":
    case "nor":
      return node.children.some(hasExpression);
    case "not":
      return hasExpression(node.child);
    case "path":
      return node.predicate.element !== undefined && hasExpression(node.predicate.element.node);
    case "expression":
      return true;
  }
}

/** Adds the predicates that take long to get ready, those inside of `$elemMatch` included, to `found`. */
export function findUnprepared(node: FilterNode, found: Predicate[]): void {
  switch (node.kind) {
    case "and":
    case "or":
    case "nor":
      for (const child of node.children) findUnprepared(child, found);
      return;
    case "not":
      findUnprepared(node.child, found);
      return;
    case "path":
      if (node.predicate.prepare !== undefined) found.push(node.predicate);
      if (node.predicate.element !== undefined) findUnprepared(node.predicate.element.node, found);
      return;
    case "expression":
  }
}
