import type { BsonValue } from "../bson/value.js";
import type { FilterNode } from "./node.js";
import type { Turn } from "../turn.js";
import type { KeyRange } from "./ranges.js";

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
  /** Where the keys of matching documents lie; see `Constraint` of filter.ts. */
  readonly keys?: KeyBounds;
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
