import type { RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";

/** What an expression is evaluated against. */
export interface Scope {
  /** `$$ROOT` and `$$CURRENT`. */
  readonly root: RawDocument;
  /** `$$NOW`; refused when the place of use has no clock. */
  readonly now?: Date | undefined;
}

/** Gives the expression's value for a document; `undefined` is "missing". */
export type Expression = (scope: Scope) => BsonValue | undefined;

/**
 * Compiles an aggregation expression.
 *
 * @throws CommandError: 168 (unknown operator), 15998... (wrong number of arguments), 16020, 17276 (unknown variable).
 */
export declare function compileExpression(expression: BsonValue): Expression;
