/**
 * Decimal128 (IEEE 754-2008, the binary integer encoding that BSON uses) as exact integers:
 * a finite value is `(-1)^isNegative * coefficient * 10^exponent`.
 */
export interface Decimal {
  readonly kind: "finite" | "infinity" | "nan";
  readonly isNegative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
}

const MAX_DIGITS = 34;
const MAX_COEFFICIENT = 10n ** 34n - 1n;
const EXPONENT_BIAS = 6176;
const MAX_EXPONENT = 6111;

const NAN: Decimal = { kind: "nan", isNegative: false, coefficient: 0n, exponent: 0 };

export function decodeDecimal(bytes: Buffer): Decimal {
  const low = bytes.readBigUInt64LE(0);
  const high = bytes.readBigUInt64LE(8);
  const isNegative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return NAN;
  if (combination === 0x1e) return { kind: "infinity", isNegative, coefficient: 0n, exponent: 0 };
  // The large form (combination 11xxx) only holds coefficients above the maximum, which the standard reads as 0.
  if (combination >= 0x18) {
    const exponent = Number((high >> 47n) & 0x3fffn) - EXPONENT_BIAS;
    return { kind: "finite", isNegative, coefficient: 0n, exponent };
  }
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | low;
  const exponent = Number((high >> 49n) & 0x3fffn) - EXPONENT_BIAS;
  const isCanonical = coefficient <= MAX_COEFFICIENT;
  return { kind: "finite", isNegative, coefficient: isCanonical ? coefficient : 0n, exponent };
}

/** The 16 bytes of the nearest Decimal128: rounded half to even at 34 digits; too large becomes infinity. */
export function encodeDecimal(value: Decimal): Buffer {
  const rounded = value.kind === "finite" ? fit(value) : value;
  let high = rounded.isNegative ? 1n << 63n : 0n;
  let low = 0n;
  if (rounded.kind === "nan") high = 0x1fn << 58n;
  else if (rounded.kind === "infinity") high |= 0x1en << 58n;
  else {
    high |= (BigInt(rounded.exponent + EXPONENT_BIAS) << 49n) | (rounded.coefficient >> 64n);
    low = rounded.coefficient & 0xffffffffffffffffn;
  }
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeBigUInt64LE(low, 0);
  bytes.writeBigUInt64LE(high, 8);
  return bytes;
}

function fit(value: Decimal): Decimal {
  const digits = value.coefficient.toString().length;
  const excess = Math.max(digits - MAX_DIGITS, -EXPONENT_BIAS - value.exponent, 0);
  let { coefficient } = value;
  let exponent = value.exponent + excess;
  if (excess > 0) coefficient = divideHalfEven(coefficient, 10n ** BigInt(excess));
  if (coefficient > MAX_COEFFICIENT) {
    coefficient /= 10n;
    exponent += 1;
  }
  if (coefficient === 0n) return { ...value, coefficient, exponent: clampExponent(exponent) };
  while (exponent > MAX_EXPONENT && coefficient * 10n <= MAX_COEFFICIENT) {
    coefficient *= 10n;
    exponent -= 1;
  }
  if (exponent > MAX_EXPONENT) return { ...value, kind: "infinity", coefficient: 0n, exponent: 0 };
  return { ...value, coefficient, exponent };
}

function clampExponent(exponent: number): number {
  return Math.min(Math.max(exponent, -EXPONENT_BIAS), MAX_EXPONENT);
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const isUp = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

export function decimalFromInteger(value: bigint): Decimal {
  const isNegative = value < 0n;
  return { kind: "finite", isNegative, coefficient: isNegative ? -value : value, exponent: 0 };
}

/** MongoDB takes a double into decimal arithmetic with 15 significant digits. */
export function decimalFromDouble(value: number): Decimal {
  if (Number.isNaN(value)) return NAN;
  const isNegative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return { ...NAN, kind: "infinity", isNegative };
  if (value === 0) return { kind: "finite", isNegative, coefficient: 0n, exponent: 0 };
  const [digits = "0", exponent = "0"] = Math.abs(value).toExponential(14).split("e");
  return {
    kind: "finite",
    isNegative,
    coefficient: BigInt(digits.replace(".", "")),
    exponent: Number(exponent) - 14,
  };
}

/** The nearest double. */
export function decimalToDouble(value: Decimal): number {
  if (value.kind === "nan") return NaN;
  const size =
    value.kind === "infinity"
      ? Infinity
      : Number(`${value.coefficient.toString()}e${value.exponent}`);
  return value.isNegative ? -size : size;
}

function signed(value: Decimal): bigint {
  return value.isNegative ? -value.coefficient : value.coefficient;
}

export function negateDecimal(value: Decimal): Decimal {
  return { ...value, isNegative: !value.isNegative };
}

/** The exact sum; `encodeDecimal` rounds it. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "infinity" && b.kind === "infinity")
    return a.isNegative === b.isNegative ? a : NAN;
  if (a.kind === "infinity") return a;
  if (b.kind === "infinity") return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum =
    signed(a) * 10n ** BigInt(a.exponent - exponent) +
    signed(b) * 10n ** BigInt(b.exponent - exponent);
  const isNegative = sum < 0n || (sum === 0n && a.isNegative && b.isNegative);
  return { kind: "finite", isNegative, coefficient: sum < 0n ? -sum : sum, exponent };
}

/** The exact product; `encodeDecimal` rounds it. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  const isNegative = a.isNegative !== b.isNegative;
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "infinity" || b.kind === "infinity") {
    const isZeroTimesInfinity =
      (a.kind === "finite" && a.coefficient === 0n) ||
      (b.kind === "finite" && b.coefficient === 0n);
    return isZeroTimesInfinity ? NAN : { ...NAN, kind: "infinity", isNegative };
  }
  return {
    kind: "finite",
    isNegative,
    coefficient: a.coefficient * b.coefficient,
    exponent: a.exponent + b.exponent,
  };
}

/** The quotient to 34 digits and more; `encodeDecimal` rounds it. The divisor must not be zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  const isNegative = a.isNegative !== b.isNegative;
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "infinity") {
    return b.kind === "infinity" ? NAN : { ...NAN, kind: "infinity", isNegative };
  }
  if (b.kind === "infinity") return { kind: "finite", isNegative, coefficient: 0n, exponent: 0 };
  const shift = Math.max(0, MAX_DIGITS + 2 + digitsOf(b) - digitsOf(a));
  const dividend = a.coefficient * 10n ** BigInt(shift);
  let coefficient = dividend / b.coefficient;
  let exponent = a.exponent - b.exponent - shift;
  if (dividend % b.coefficient !== 0n) {
    // A trailing 1 keeps the later rounding from taking the cut digits for an exact half.
    return {
      kind: "finite",
      isNegative,
      coefficient: coefficient * 10n + 1n,
      exponent: exponent - 1,
    };
  }
  const preferredExponent = a.exponent - b.exponent;
  while (exponent < preferredExponent && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return { kind: "finite", isNegative, coefficient, exponent };
}

function digitsOf(value: Decimal): number {
  return value.coefficient.toString().length;
}
