import { compareValues } from "../../bson/compare.js";
import { readValues } from "../../bson/document.js";
import { encodeValue } from "../../bson/encode.js";
import { isNumber, toDouble } from "../../bson/number.js";
import { Bracket, BsonType, bracketOf } from "../../bson/type.js";
import { UNDEFINED_VALUE, doubleValue, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { KeyBounds, Predicate } from "../node.js";
import { once } from "../once.js";
import { pointRange, prefixRange, successor, unionRanges, type KeyRange } from "../ranges.js";

export type RangeOperator = "$gt" | "$gte" | "$lt" | "$lte";

/** Where null, undefined and missing fields have their keys. */
const NULLISH_KEYS: KeyRange = {
  start: Buffer.from([Bracket.undefined]),
  end: Buffer.from([Bracket.null + 1]),
  isPoint: false,
};

const ACCEPTED_SIGNS: Record<RangeOperator, readonly number[]> = {
  $gt: [1],
  $gte: [0, 1],
  $lt: [-1],
  $lte: [-1, 0],
};

/** @throws CommandError 2: MongoDB refuses comparisons with the deprecated `undefined`. */
export function refuseUndefined(operand: BsonValue): void {
  if (operand.type === BsonType.undefined) {
    throw new CommandError("BadValue", "cannot compare to undefined");
  }
}

/** `$eq`, also in its short form `{ a: 1 }`. Null also matches undefined and missing fields. */
export function equal(operand: BsonValue): Predicate {
  refuseUndefined(operand);
  return {
    operator: "$eq",
    operand,
    test: (value) => isEqual(value, operand),
    keys: once(() => keysEqualTo(operand)),
  };
}

export function isNullish(value: BsonValue | undefined): boolean {
  return value === undefined || value.type === BsonType.null || value.type === BsonType.undefined;
}

function isEqual(value: BsonValue | undefined, operand: BsonValue): boolean {
  if (operand.type === BsonType.null) return isNullish(value);
  return value !== undefined && compareValues(value, operand) === 0;
}

/** The keys of documents that hold a value equal to `operand`, as itself or in an array. */
export function keysEqualTo(operand: BsonValue): KeyBounds {
  if (operand.type === BsonType.null) return { ranges: [NULLISH_KEYS], isExact: false };
  const itself = pointRange(encodeValue(operand));
  if (operand.type !== BsonType.array) return { ranges: [itself], isExact: true };
  // An array is indexed by its elements; as an element of another array it is a key of its own.
  const [first = UNDEFINED_VALUE] = readValues(operand.bytes);
  return { ranges: unionRanges([itself, pointRange(encodeValue(first))]), isExact: false };
}

/** `$gt`, `$gte`, `$lt`, `$lte`: only values of the operand's own type bracket compare. */
export function inRange(operator: RangeOperator, operand: BsonValue): Predicate {
  refuseUndefined(operand);
  if (operand.type === BsonType.regex) {
    throw new CommandError(
      "BadValue",
      `Can't have RegEx as arg to predicate over field: ${operator}`,
    );
  }
  return {
    operator,
    operand,
    test: (value) => isInRange(operator, value, operand),
    keys: once(() => keysInRange(operator, operand)),
  };
}

function isInRange(
  operator: RangeOperator,
  value: BsonValue | undefined,
  operand: BsonValue,
): boolean {
  const isInclusive = operator === "$gte" || operator === "$lte";
  if (operand.type === BsonType.null) return isInclusive && isNullish(value);
  if (value === undefined || bracketOf(value.type) !== bracketOf(operand.type)) {
    if (operand.type === BsonType.maxKey) return operator === "$lt" || operator === "$lte";
    if (operand.type === BsonType.minKey) return operator === "$gt" || operator === "$gte";
    return false;
  }
  if (isNaNValue(value) || isNaNValue(operand)) {
    return isInclusive && isNaNValue(value) && isNaNValue(operand);
  }
  return ACCEPTED_SIGNS[operator].includes(Math.sign(compareValues(value, operand)));
}

function isNaNValue(value: BsonValue): boolean {
  return isNumber(value) && Number.isNaN(toDouble(value));
}

function keysInRange(operator: RangeOperator, operand: BsonValue): KeyBounds | undefined {
  const isInclusive = operator === "$gte" || operator === "$lte";
  switch (operand.type) {
    case BsonType.null:
      return { ranges: isInclusive ? [NULLISH_KEYS] : [], isExact: false };
    case BsonType.array:
    case BsonType.minKey:
    case BsonType.maxKey:
      return undefined;
    default:
  }
  const encoded = encodeValue(operand);
  if (isNaNValue(operand))
    return { ranges: isInclusive ? [pointRange(encoded)] : [], isExact: true };
  const whole = prefixRange(encoded.subarray(0, 1));
  const range = operator.startsWith("$gt")
    ? { start: isInclusive ? encoded : successor(encoded), end: whole.end }
    : { start: lowest(whole.start, operand), end: isInclusive ? successor(encoded) : encoded };
  const isEmpty = range.start.compare(range.end) >= 0;
  return { ranges: isEmpty ? [] : [{ ...range, isPoint: false }], isExact: true };
}

/** NaN is the lowest number, but it is neither below nor above any number. */
function lowest(bracketStart: Buffer, operand: BsonValue): Buffer {
  return isNumber(operand) ? successor(encodeValue(doubleValue(NaN))) : bracketStart;
}
