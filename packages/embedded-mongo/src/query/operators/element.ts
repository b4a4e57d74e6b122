import { readValues } from "../../bson/document.js";
import { isNumber, isTruthy, toIntegerExactly } from "../../bson/number.js";
import { BsonType, isKnownType, isNumericType } from "../../bson/type.js";
import { describeValue, textOf, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Predicate } from "../node.js";

const ALIASES: Partial<Record<string, number>> = BsonType;

/** `$exists: true`; the parser negates it for `false`. */
export function exists(operand: BsonValue): Predicate {
  return { operator: "$exists", operand, test: (value) => value !== undefined };
}

export function isExistsTrue(operand: BsonValue): boolean {
  return isTruthy(operand);
}

/** `$type` with a code, an alias, `number`, or an array of these. */
export function hasType(operand: BsonValue): Predicate {
  const wanted = operand.type === BsonType.array ? readValues(operand.bytes) : [operand];
  if (wanted.length === 0) {
    throw new CommandError("FailedToParse", "$type must match at least one type");
  }
  const tests = wanted.map(typeTest);
  return {
    operator: "$type",
    operand,
    test: (value) => value !== undefined && tests.some((test) => test(value.type)),
  };
}

function typeTest(wanted: BsonValue): (type: number) => boolean {
  if (wanted.type === BsonType.string && textOf(wanted) === "number") return isNumericType;
  const code = codeOf(wanted);
  return (type) => type === code;
}

function codeOf(wanted: BsonValue): number {
  if (wanted.type === BsonType.string) {
    const code = ALIASES[textOf(wanted)];
    if (code === undefined || !Object.hasOwn(BsonType, textOf(wanted))) {
      throw new CommandError("BadValue", `Unknown type name alias: ${textOf(wanted)}`);
    }
    return code;
  }
  if (!isNumber(wanted)) {
    throw new CommandError(
      "TypeMismatch",
      `type must be represented as a number or a string, not ${typeNameOf(wanted)}`,
    );
  }
  const integer = Number(toIntegerExactly(wanted) ?? 0n);
  const code = integer === -1 ? BsonType.minKey : integer;
  if (!isKnownType(code) || integer === BsonType.minKey) {
    throw new CommandError("BadValue", `Invalid numerical type code: ${describeValue(wanted)}`);
  }
  return code;
}
