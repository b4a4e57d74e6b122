import { equalValues } from "../../bson/compare.js";
import { arrayValue, readValues } from "../../bson/document.js";
import { isNumber, toIntegerExactly } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import { NULL_VALUE, boolValue, intValue, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { isNullish } from "../../query/operators/comparison.js";
import type { OperatorTable } from "../expression.js";

function elementsOf(value: BsonValue | undefined, code: number, name: string): BsonValue[] {
  if (value?.type === BsonType.array) return readValues(value.bytes);
  throw new CommandError(code, `${name} needs an array, but was given ${typeNameOf(value)}`);
}

function elementAt(
  array: BsonValue | undefined,
  index: BsonValue | undefined,
): BsonValue | undefined {
  if (isNullish(array) || isNullish(index)) return NULL_VALUE;
  const values = elementsOf(array, 28689, "$arrayElemAt's first argument");
  const position = isNumber(index) ? toIntegerExactly(index) : undefined;
  if (position === undefined) {
    throw new CommandError(
      28690,
      `$arrayElemAt's second argument must be a whole number, but is ${typeNameOf(index)}`,
    );
  }
  return values.at(Number(position));
}

export const ARRAYS: OperatorTable = {
  $size: {
    arity: [1, 1],
    evaluate: ([array]) => intValue(elementsOf(array, 17124, "The argument to $size").length),
  },
  $isArray: { arity: [1, 1], evaluate: ([value]) => boolValue(value?.type === BsonType.array) },
  $arrayElemAt: { arity: [2, 2], evaluate: ([array, index]) => elementAt(array, index) },
  $first: { arity: [1, 1], evaluate: ([array]) => elementAt(array, intValue(0)) },
  $last: { arity: [1, 1], evaluate: ([array]) => elementAt(array, intValue(-1)) },
  $in: {
    arity: [2, 2],
    evaluate: ([value, array]) => {
      const values = elementsOf(array, 40081, "$in's second argument");
      return boolValue(value !== undefined && values.some((other) => equalValues(other, value)));
    },
  },
  $concatArrays: {
    arity: [0, Infinity],
    evaluate: (arrays) => {
      if (arrays.some(isNullish)) return NULL_VALUE;
      return arrayValue(arrays.flatMap((array) => elementsOf(array, 28664, "$concatArrays")));
    },
  },
};
