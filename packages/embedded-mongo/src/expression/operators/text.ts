import { Decimal128, type ObjectId } from "bson";
import { toBigInt, toDouble } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import {
  NULL_VALUE,
  intValue,
  stringValue,
  textBytes,
  textOf,
  toJs,
  typeNameOf,
  type BsonValue,
} from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { isNullish } from "../../query/operators/comparison.js";
import type { Operator, OperatorTable } from "../expression.js";
import { millisecondsOf } from "./date.js";

/** `$toString`. Exact for every type that MongoDB converts. */
function toText(value: BsonValue): string {
  switch (value.type) {
    case BsonType.string:
      return textOf(value);
    case BsonType.bool:
      return value.bytes[0] === 0 ? "false" : "true";
    case BsonType.int:
    case BsonType.long:
      return toBigInt(value).toString();
    case BsonType.double:
      return doubleText(toDouble(value));
    case BsonType.decimal:
      return new Decimal128(value.bytes).toString();
    case BsonType.objectId:
      return (toJs(value) as ObjectId).toHexString();
    case BsonType.date:
      return new Date(millisecondsOf(value)).toISOString();
    default:
      throw new CommandError(
        "ConversionFailure",
        `Unsupported conversion from ${typeNameOf(value)} to string in $toString`,
      );
  }
}

function doubleText(value: number): string {
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** `$toLower` and `$toUpper` change ASCII letters only; null is the empty string. */
function changeCase(name: string, change: (text: string) => string, pattern: RegExp): Operator {
  return {
    arity: [1, 1],
    evaluate: ([value]) => {
      if (value === undefined || isNullish(value)) return stringValue("");
      if (value.type !== BsonType.string) {
        throw new CommandError(16007, `${name} needs a string, but was given ${typeNameOf(value)}`);
      }
      return stringValue(textOf(value).replace(pattern, change));
    },
  };
}

function stringOf(value: BsonValue | undefined, code: number, name: string): BsonValue {
  if (value?.type === BsonType.string) return value;
  throw new CommandError(code, `${name} needs a string, but was given ${typeNameOf(value)}`);
}

export const TEXTS: OperatorTable = {
  $concat: {
    arity: [0, Infinity],
    evaluate: (args) => {
      if (args.some(isNullish)) return NULL_VALUE;
      return stringValue(args.map((value) => textOf(stringOf(value, 16702, "$concat"))).join(""));
    },
  },
  $toString: {
    arity: [1, 1],
    evaluate: ([value]) =>
      value === undefined || isNullish(value) ? NULL_VALUE : stringValue(toText(value)),
  },
  $toLower: changeCase("$toLower", (text) => text.toLowerCase(), /[A-Z]+/g),
  $toUpper: changeCase("$toUpper", (text) => text.toUpperCase(), /[a-z]+/g),
  $strLenBytes: {
    arity: [1, 1],
    evaluate: ([value]) => intValue(textBytes(stringOf(value, 34473, "$strLenBytes")).length),
  },
  $strLenCP: {
    arity: [1, 1],
    evaluate: ([value]) => intValue(Array.from(textOf(stringOf(value, 34471, "$strLenCP"))).length),
  },
  $type: { arity: [1, 1], evaluate: ([value]) => stringValue(typeNameOf(value)) },
};
