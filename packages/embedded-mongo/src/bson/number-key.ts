import { decimalFromInteger, decodeDecimal, type Decimal } from "./decimal.js";
import { BsonType } from "./type.js";
import type { BsonValue } from "./value.js";

/**
 * The order-preserving encoding of a number of any BSON type, exact across types.
 *
 * 8 bytes hold the largest double that is not above the number, so that they compare as unsigned bytes. Then 0x00 if
 * the number *is* that double; else 0x01 and the number in decimal: Longs above 2^53 and most Decimal128s are such,
 * and all that share one double are told apart there. NaN is 8 zero bytes, below -Infinity; -0 is 0.
 */
export function encodeNumber(value: BsonValue): Buffer {
  switch (value.type) {
    case BsonType.int:
      return exactKey(value.bytes.readInt32LE(0));
    case BsonType.double:
      return exactKey(value.bytes.readDoubleLE(0));
    case BsonType.long:
      return longKey(value.bytes.readBigInt64LE(0));
    default:
      return decimalKey(decodeDecimal(value.bytes));
  }
}

function exactKey(value: number): Buffer {
  const key = Buffer.allocUnsafe(9);
  writeDouble(key, value);
  key[8] = 0;
  return key;
}

function writeDouble(key: Buffer, value: number): void {
  if (Number.isNaN(value)) {
    key.fill(0, 0, 8);
    return;
  }
  key.writeDoubleBE(value === 0 ? 0 : value);
  const first = key[0] ?? 0;
  if (first < 0x80) key[0] = first | 0x80;
  else for (let at = 0; at < 8; at += 1) key[at] = 0xff ^ (key[at] ?? 0);
}

function longKey(value: bigint): Buffer {
  const nearest = Number(value);
  if (BigInt(nearest) === value) return exactKey(nearest);
  const floor = BigInt(nearest) > value ? nextDown(nearest) : nearest;
  return inexactKey(floor, decimalFromInteger(value));
}

function decimalKey(value: Decimal): Buffer {
  if (value.kind === "nan") return exactKey(NaN);
  if (value.kind === "infinity") return exactKey(value.isNegative ? -Infinity : Infinity);
  if (value.coefficient === 0n) return exactKey(0);
  const magnitude = value.coefficient.toString().length + value.exponent;
  // Beyond the doubles in either direction; the bounds are generous, so that 10^n below stays small.
  if (magnitude > 310) return inexactKey(value.isNegative ? -Infinity : Number.MAX_VALUE, value);
  if (magnitude < -330) return inexactKey(value.isNegative ? -Number.MIN_VALUE : 0, value);

  const size = Number(`${value.coefficient.toString()}e${value.exponent}`);
  const nearest = value.isNegative ? -size : size;
  const order = compareToDecimal(nearest, value);
  if (order === 0) return exactKey(nearest);
  return inexactKey(order > 0 ? nextDown(nearest) : nearest, value);
}

/** The sign of `double - decimal`, exactly: both are brought to integers. */
function compareToDecimal(double: number, decimal: Decimal): number {
  if (!Number.isFinite(double)) return double;
  const { mantissa, exponent } = splitDouble(double);
  const binary = mantissa * 2n ** BigInt(Math.max(exponent, 0));
  const tens = 10n ** BigInt(Math.max(decimal.exponent, 0));
  const coefficient = decimal.isNegative ? -decimal.coefficient : decimal.coefficient;
  const left = binary * 10n ** BigInt(Math.max(-decimal.exponent, 0));
  const right = coefficient * tens * 2n ** BigInt(Math.max(-exponent, 0));
  if (left === right) return 0;
  return left > right ? 1 : -1;
}

function splitDouble(value: number): { mantissa: bigint; exponent: number } {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  const bits = bytes.readBigUInt64BE();
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const size = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: value < 0 ? -size : size, exponent: Math.max(biased, 1) - 1075 };
}

/** The largest double below `value`, which is not NaN and not -Infinity. */
function nextDown(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  bytes.writeBigInt64BE(bytes.readBigInt64BE() + (value > 0 ? -1n : 1n));
  return bytes.readDoubleBE();
}

function inexactKey(floor: number, value: Decimal): Buffer {
  const head = exactKey(floor);
  head[8] = 1;
  const tail = decimalTail(value);
  if (value.isNegative) for (const [at, byte] of tail.entries()) tail[at] = 0xff ^ byte;
  return Buffer.concat([head, tail]);
}

/** The power of ten of the first digit, then pairs of digits (each + 1) without trailing zeros, then 0x00. */
function decimalTail(value: Decimal): Buffer {
  const allDigits = value.coefficient.toString();
  const digits = allDigits.replace(/0+$/, "");
  const tail = Buffer.alloc(2 + Math.ceil(digits.length / 2) + 1);
  tail.writeUInt16BE(0x8000 + allDigits.length + value.exponent);
  for (let at = 0; at < digits.length; at += 2) {
    tail[2 + at / 2] = Number(digits.slice(at, at + 2).padEnd(2, "0")) + 1;
  }
  return tail;
}
