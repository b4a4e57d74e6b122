import { isNumber, toIntegerExactly } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import { ValueCursor } from "../../bson/value-cursor.js";
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
    test: (value) => value?.type === BsonType.array && BigInt(countValues(value.bytes)) === size,
  };
}

function countValues(array: Buffer): number {
  const cursor = new ValueCursor(array);
  let count = 0;
  while (cursor.next()) count += 1;
  return count;
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
      const cursor = new ValueCursor(value.bytes);
      for (let position = 0; cursor.next(); position += 1) {
        if (!test(cursor.value())) continue;
        if (match) match.position = position;
        return true;
      }
      return false;
    },
  };
}
