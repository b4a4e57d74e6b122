import { readValues } from "../../bson/document.js";
import { encodeValue } from "../../bson/encode.js";
import { BsonType } from "../../bson/type.js";
import type { BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { KeyBounds, Predicate } from "../predicate.js";
import { unionRanges } from "../ranges.js";
import { isNullish, keysEqualTo, refuseUndefined } from "./comparison.js";
import { matchesRegex } from "./regex.js";

/** `$in`: equal to one of the values, or matched by one of the regular expressions. */
export function isIn(operand: BsonValue): Predicate {
  if (operand.type !== BsonType.array) throw new CommandError("BadValue", "$in needs an array");
  const values = readValues(operand.bytes);
  for (const value of values) {
    refuseUndefined(value);
    refuseOperators(value);
  }
  const literals = values.filter(({ type }) => type !== BsonType.regex);
  const patterns = values
    .filter(({ type }) => type === BsonType.regex)
    .map((value) => matchesRegex(value));
  const hasNull = literals.some(({ type }) => type === BsonType.null);
  const encodings = new Set(literals.map(encodingOf));

  return {
    operator: "$in",
    operand,
    test: (value) => {
      if (isNullish(value)) return hasNull;
      if (value === undefined) return false;
      return encodings.has(encodingOf(value)) || patterns.some((pattern) => pattern.test(value));
    },
    keys: joinBounds([
      ...literals.map(keysEqualTo),
      ...patterns.map(({ keys }) => keys).filter((keys) => keys !== undefined),
    ]),
  };
}

function encodingOf(value: BsonValue): string {
  return encodeValue(value).toString("latin1");
}

function refuseOperators({ type, bytes }: BsonValue): void {
  if (type === BsonType.object && bytes.length > 5 && bytes[5] === "$".charCodeAt(0)) {
    throw new CommandError("BadValue", "cannot nest $ under $in");
  }
}

function joinBounds(bounds: readonly KeyBounds[]): KeyBounds {
  return {
    ranges: unionRanges(bounds.flatMap(({ ranges }) => ranges)),
    isExact: bounds.every(({ isExact }) => isExact),
  };
}
