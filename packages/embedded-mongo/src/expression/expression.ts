import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";

/** What an expression is evaluated against. */
export interface Scope {
  /** `$$ROOT` and `$$CURRENT`. */
  readonly root: RawDocument;
  /** `$$NOW`; an expression that asks for it where there is no clock is refused. */
  readonly now?: Date | undefined;
}

/** Gives the expression's value for a document; `undefined` is "missing". */
export type Expression = (scope: Scope) => BsonValue | undefined;

/** An operator whose arguments are all evaluated first. */
export interface Operator {
  /** How many arguments it takes at least and at most. */
  readonly arity: readonly [number, number];
  readonly evaluate: (args: readonly (BsonValue | undefined)[]) => BsonValue | undefined;
}

/** Operators by name. */
export type OperatorTable = Readonly<Record<string, Operator>>;
