import { equalValues } from "../../bson/compare.js";
import { encodeValue } from "../../bson/encode.js";
import { Bracket, BsonType } from "../../bson/type.js";
import { regexOf, stringValue, textOf, type BsonValue } from "../../bson/value.js";
import { BoundedPattern } from "../bounded-pattern.js";
import type { KeyBounds, Predicate } from "../node.js";
import { once } from "../once.js";
import { literalPrefixOf, translatePattern } from "../pattern.js";
import { pointRange, prefixRange, unionRanges } from "../ranges.js";

/**
 * `$regex`, from a regular expression value: matches strings, and regular expressions that equal it.
 *
 * @throws CommandError 51091 for what JavaScript cannot express, 51108 for an unknown option; from `test`, 51156 for a
 * match that takes too long.
 */
export function matchesRegex(operand: BsonValue): Predicate {
  const { pattern, options } = regexOf(operand);
  const regex = new BoundedPattern(translatePattern(pattern, options));
  return {
    operator: "$regex",
    operand,
    test: (value) => {
      if (value?.type === BsonType.string || value?.type === BsonType.symbol) {
        return regex.test(textOf(value));
      }
      return value?.type === BsonType.regex && equalValues(value, operand);
    },
    keys: once(() => keysOf(operand, literalPrefixOf(pattern, options))),
  };
}

function keysOf(operand: BsonValue, prefix: string): KeyBounds {
  // The encoding of the prefix without its two bytes of terminator is the start of all strings that begin with it.
  const encoded = encodeValue(stringValue(prefix));
  const strings =
    prefix === ""
      ? prefixRange(Buffer.from([Bracket.string]))
      : prefixRange(encoded.subarray(0, encoded.length - 2));
  return { ranges: unionRanges([strings, pointRange(encodeValue(operand))]), isExact: false };
}
