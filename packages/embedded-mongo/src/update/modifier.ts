import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";

/** What a modifier may know besides the field it changes. */
export interface UpdateScope {
  /** The document before the update. */
  readonly original: RawDocument;
  /** The time of the statement. */
  readonly now: Date;
  /** The update makes a new document (an upsert): `$setOnInsert`. */
  readonly isInsert: boolean;
  /** What the positional operator `$` stands for. */
  readonly position: number | undefined;
}

/**
 * What an operator does to one field: gives the new value for the current one. `undefined` means "no such field", on
 * both sides; returning `current` itself leaves the field as it is.
 */
export type Modifier = (
  current: BsonValue | undefined,
  scope: UpdateScope,
) => BsonValue | undefined;

/** An operator's entry for one path, `{ $inc: { "a.b": 1 } }`. */
export interface Target {
  readonly path: string;
  readonly operand: BsonValue;
}

/** A modifier and where it belongs. */
export interface Change {
  readonly path: string;
  readonly modifier: Modifier;
  /**
   * Refused where the path leads through something that is neither document nor array, even though nothing would be
   * created there: so MongoDB treats `$pop` and `$pull`, but not `$unset`. Default `false`.
   */
  readonly needsViablePath?: boolean;
}

/** Compiles an operator's entry; `$rename` gives two changes, for source and target. */
export type Operator = (target: Target) => readonly Change[];
