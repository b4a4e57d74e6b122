import { compareValues } from "../../bson/compare.js";
import { isTruthy } from "../../bson/number.js";
import { UNDEFINED_VALUE, boolValue, intValue, type BsonValue } from "../../bson/value.js";
import type { Operator, OperatorTable } from "../expression.js";

/** Across all types, unlike in filters; a missing field sorts below null. */
function compare(a: BsonValue | undefined, b: BsonValue | undefined): number {
  return Math.sign(compareValues(a ?? UNDEFINED_VALUE, b ?? UNDEFINED_VALUE));
}

function comparing(isTrue: (sign: number) => boolean): Operator {
  return { arity: [2, 2], evaluate: ([a, b]) => boolValue(isTrue(compare(a, b))) };
}

export const COMPARISON: OperatorTable = {
  $eq: comparing((sign) => sign === 0),
  $ne: comparing((sign) => sign !== 0),
  $gt: comparing((sign) => sign > 0),
  $gte: comparing((sign) => sign >= 0),
  $lt: comparing((sign) => sign < 0),
  $lte: comparing((sign) => sign <= 0),
  $cmp: { arity: [2, 2], evaluate: ([a, b]) => intValue(compare(a, b)) },
  $not: { arity: [1, 1], evaluate: ([value]) => boolValue(!isTruthy(value)) },
};
