import {
  addDecimals,
  decimalFromDouble,
  decimalFromInteger,
  decimalToDouble,
  decodeDecimal,
  encodeDecimal,
  multiplyDecimals,
  type Decimal,
} from "./decimal.js";
import { BsonType, isNumericType } from "./type.js";
import { doubleValue, intValue, longValue, type BsonValue } from "./value.js";

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/** A value of one of the four numeric types. */
export interface NumericValue extends BsonValue {
  readonly type:
    typeof BsonType.int | typeof BsonType.double | typeof BsonType.long | typeof BsonType.decimal;
}

export function isNumber(value: BsonValue | undefined): value is NumericValue {
  return value !== undefined && isNumericType(value.type);
}

/** MongoDB's truth of a value: false, 0, null, undefined and a missing field are false, everything else is true. */
export function isTruthy(value: BsonValue | undefined): boolean {
  if (value === undefined || value.type === BsonType.null || value.type === BsonType.undefined) {
    return false;
  }
  if (value.type === BsonType.bool) return value.bytes[0] !== 0;
  return !isNumber(value) || toDouble(value) !== 0;
}

/** The nearest double of a numeric value. */
export function toDouble(value: BsonValue): number {
  switch (value.type) {
    case BsonType.int:
      return value.bytes.readInt32LE(0);
    case BsonType.double:
      return value.bytes.readDoubleLE(0);
    case BsonType.long:
      return Number(value.bytes.readBigInt64LE(0));
    default:
      return decimalToDouble(decodeDecimal(value.bytes));
  }
}

/** A numeric value in decimal arithmetic (a double with 15 digits, as MongoDB does). */
export function toDecimal(value: BsonValue): Decimal {
  switch (value.type) {
    case BsonType.decimal:
      return decodeDecimal(value.bytes);
    case BsonType.double:
      return decimalFromDouble(value.bytes.readDoubleLE(0));
    default:
      return decimalFromInteger(toBigInt(value));
  }
}

/** The integer of an Int32 or Long. */
export function toBigInt(value: BsonValue): bigint {
  return value.type === BsonType.long
    ? value.bytes.readBigInt64LE(0)
    : BigInt(value.bytes.readInt32LE(0));
}

/** The number cut towards zero to a 64-bit integer; `undefined` for NaN, infinities and what does not fit. */
export function truncateToLong(value: BsonValue): bigint | undefined {
  if (value.type === BsonType.int || value.type === BsonType.long) return toBigInt(value);
  if (value.type === BsonType.decimal) return truncateDecimal(decodeDecimal(value.bytes));
  const double = value.bytes.readDoubleLE(0);
  if (!Number.isFinite(double)) return undefined;
  return asLong(BigInt(Math.trunc(double)));
}

function truncateDecimal(value: Decimal): bigint | undefined {
  if (value.kind !== "finite") return undefined;
  if (value.coefficient === 0n) return 0n;
  if (value.exponent > 19) return undefined;
  const scale = 10n ** BigInt(Math.abs(value.exponent));
  const size = value.exponent < 0 ? value.coefficient / scale : value.coefficient * scale;
  return asLong(value.isNegative ? -size : size);
}

function asLong(value: bigint): bigint | undefined {
  return value >= MIN_LONG && value <= MAX_LONG ? value : undefined;
}

/** The number as a 64-bit integer if it is one exactly (`3`, `3.0`), else `undefined`: for counts and limits. */
export function toIntegerExactly(value: BsonValue): bigint | undefined {
  const truncated = truncateToLong(value);
  if (truncated === undefined) return undefined;
  if (value.type === BsonType.double && Number(truncated) !== toDouble(value)) return undefined;
  if (value.type === BsonType.decimal) {
    const difference = addDecimals(decodeDecimal(value.bytes), decimalFromInteger(-truncated));
    if (difference.coefficient !== 0n) return undefined;
  }
  return truncated;
}

export function decimalValue(value: Decimal): BsonValue {
  return { type: BsonType.decimal, bytes: encodeDecimal(value) };
}

/** The integer in the smallest of Int32 and Long that holds it; `undefined` if neither does. */
export function integerValue(value: bigint): BsonValue | undefined {
  if (value >= -0x80000000n && value <= 0x7fffffffn) return intValue(Number(value));
  return asLong(value) === undefined ? undefined : longValue(value);
}

interface Operation {
  readonly onDecimals: (a: Decimal, b: Decimal) => Decimal;
  readonly onDoubles: (a: number, b: number) => number;
  readonly onIntegers: (a: bigint, b: bigint) => bigint;
}

const ADD: Operation = {
  onDecimals: addDecimals,
  onDoubles: (a, b) => a + b,
  onIntegers: (a, b) => a + b,
};

const MULTIPLY: Operation = {
  onDecimals: multiplyDecimals,
  onDoubles: (a, b) => a * b,
  onIntegers: (a, b) => a * b,
};

/**
 * The sum in the wider of both types (Decimal128 over Double over Long over Int32); an Int32 that overflows becomes a
 * Long. `undefined` when a Long overflows: `$inc` refuses that, `$sum` and `$add` go on as double.
 */
export function addNumbers(a: BsonValue, b: BsonValue): BsonValue | undefined {
  return combine(ADD, a, b);
}

/** The product; types and overflow as in {@link addNumbers}. */
export function multiplyNumbers(a: BsonValue, b: BsonValue): BsonValue | undefined {
  return combine(MULTIPLY, a, b);
}

function combine(operation: Operation, a: BsonValue, b: BsonValue): BsonValue | undefined {
  if (a.type === BsonType.decimal || b.type === BsonType.decimal) {
    return decimalValue(operation.onDecimals(toDecimal(a), toDecimal(b)));
  }
  if (a.type === BsonType.double || b.type === BsonType.double) {
    return doubleValue(operation.onDoubles(toDouble(a), toDouble(b)));
  }
  const result = operation.onIntegers(toBigInt(a), toBigInt(b));
  if (a.type === BsonType.int && b.type === BsonType.int) return integerValue(result);
  return asLong(result) === undefined ? undefined : longValue(result);
}
