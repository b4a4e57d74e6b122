import { readValues } from "../../bson/document.js";
import { isNumber, toIntegerExactly } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import { describeValue, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { matchesDocument, matchesValue } from "../match.js";
import type { ElementCondition, Predicate } from "../node.js";

/** `$size`: an array of exactly so many elements. */
export function hasSize(operand: BsonValue): Predicate {
  const size = isNumber(operand) ? toIntegerExactly(operand) : undefined;
  if (size === undefined || size < 0n) {
    throw new CommandError(
      "BadValue",
      `$size needs a whole number that is not negative, but got: ${describeValue(operand)}`,
    );
  }
  return {
    operator: "$size",
    operand,
    isOnWholeArray: true,
    test: (value) =>
      value?.type === BsonType.array && BigInt(readValues(value.bytes).length) === size,
  };
}

/** `$elemMatch`: one element fulfils the whole condition. */
export function hasElement(operand: BsonValue, element: ElementCondition): Predicate {
  const test = ({ type, bytes }: BsonValue): boolean => {
    if (!element.isOnFields) return matchesValue(element.node, { type, bytes });
    const isContainer = type === BsonType.object || type === BsonType.array;
    return isContainer && matchesDocument(element.node, bytes);
  };
  return {
    operator: "$elemMatch",
    operand,
    isOnWholeArray: true,
    element,
    test: (value, match) => {
      if (value?.type !== BsonType.array) return false;
      const position = readValues(value.bytes).findIndex(test);
      if (position === -1) return false;
      if (match) match.position = position;
      return true;
    },
  };
}
