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

/** Compiles an operator's entry; `$rename` gives two modifiers, for source and target. */
export type Operator = (
  target: Target,
) => readonly { readonly path: string; readonly modifier: Modifier }[];
