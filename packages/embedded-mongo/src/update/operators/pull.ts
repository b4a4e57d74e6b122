import { equalValues } from "../../bson/compare.js";
import { arrayValue, buildDocument, readValues } from "../../bson/document.js";
import { isNumber, toDouble } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import { describeValue, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { compileFilter } from "../../query/filter.js";
import { isOperatorDocument } from "../../query/operator-document.js";
import type { Operator } from "../modifier.js";

/** `$pull`: removes the elements that equal a value or fulfil a condition. */
export const pull: Operator = ({ path, operand }) => {
  const isPulled = conditionOf(operand);
  return [
    {
      path,
      needsViablePath: true,
      modifier: (current) => {
        if (current === undefined) return undefined;
        if (current.type !== BsonType.array) {
          throw new CommandError("BadValue", "Cannot apply $pull to a non-array value");
        }
        const values = readValues(current.bytes);
        const kept = values.filter((value) => !isPulled(value));
        return kept.length === values.length ? current : arrayValue(kept);
      },
    },
  ];
};

function conditionOf(operand: BsonValue): (value: BsonValue) => boolean {
  if (operand.type === BsonType.regex || isOperatorDocument(operand)) {
    // The condition is on the element itself; wrapped, it is an ordinary filter.
    const filter = compileFilter(buildDocument([["element", operand]]));
    return (value) => filter.matches(buildDocument([["element", value]]));
  }
  if (operand.type === BsonType.object) {
    const filter = compileFilter(operand.bytes);
    return (value) => value.type === BsonType.object && filter.matches(value.bytes);
  }
  return (value) => equalValues(value, operand);
}

/** `$pop`: removes the last (1) or the first (-1) element. */
export const pop: Operator = ({ path, operand }) => {
  const side = isNumber(operand) ? toDouble(operand) : 0;
  if (side !== 1 && side !== -1) {
    throw new CommandError(
      "FailedToParse",
      `$pop expects 1 or -1, found: ${describeValue(operand)}`,
    );
  }
  return [
    {
      path,
      needsViablePath: true,
      modifier: (current) => {
        if (current === undefined) return undefined;
        if (current.type !== BsonType.array) {
          throw new CommandError(
            "TypeMismatch",
            `Path '${path}' contains an element of non-array type '${typeNameOf(current)}'`,
          );
        }
        const values = readValues(current.bytes);
        if (values.length === 0) return current;
        return arrayValue(side === 1 ? values.slice(0, -1) : values.slice(1));
      },
    },
  ];
};
