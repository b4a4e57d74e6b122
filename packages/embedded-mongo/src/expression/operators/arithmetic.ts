import { decimalFromInteger, divideDecimals, negateDecimal } from "../../bson/decimal.js";
import {
  addNumbers,
  decimalValue,
  isNumber,
  multiplyNumbers,
  toBigInt,
  toDecimal,
  toDouble,
} from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import {
  NULL_VALUE,
  dateValue,
  doubleValue,
  intValue,
  longValue,
  typeNameOf,
  type BsonValue,
} from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { isNullish } from "../../query/operators/comparison.js";
import type { Operator, OperatorTable } from "../expression.js";

const MANY = Infinity;

function refuse(name: string, value: BsonValue | undefined): CommandError {
  return new CommandError(
    "TypeMismatch",
    `${name} only supports numeric types, not ${typeNameOf(value)}`,
  );
}

/** An operator on numbers that is null when an argument is null or missing. */
function onNumbers(
  name: string,
  arity: Operator["arity"],
  evaluate: (numbers: readonly BsonValue[]) => BsonValue,
): Operator {
  return {
    arity,
    evaluate: (args) => {
      if (args.some(isNullish)) return NULL_VALUE;
      const numbers = args.filter(isNumber);
      if (numbers.length === args.length) return evaluate(numbers);
      throw refuse(name, args[args.findIndex((value) => !isNumber(value))]);
    },
  };
}

/** Sums and products that leave 64 bits go on as doubles. */
function sumOf(a: BsonValue, b: BsonValue): BsonValue {
  return addNumbers(a, b) ?? doubleValue(toDouble(a) + toDouble(b));
}

function productOf(a: BsonValue, b: BsonValue): BsonValue {
  return multiplyNumbers(a, b) ?? doubleValue(toDouble(a) * toDouble(b));
}

function negate(value: BsonValue): BsonValue {
  if (value.type === BsonType.decimal) return decimalValue(negateDecimal(toDecimal(value)));
  return productOf(value, intValue(-1));
}

/** Milliseconds of a date moved by a number. */
function moveDate(date: BsonValue, offset: BsonValue): BsonValue {
  const moved = sumOf(longValue(date.bytes.readBigInt64LE()), offset);
  return dateValue(BigInt.asIntN(64, BigInt(Math.round(toDouble(moved)))));
}

const add: Operator = {
  arity: [0, MANY],
  evaluate: (args) => {
    if (args.some(isNullish)) return NULL_VALUE;
    const dates = args.filter((value) => value?.type === BsonType.date);
    if (dates.length > 1)
      throw new CommandError(16612, "only one date allowed in an $add expression");
    const numbers = args.filter(isNumber);
    if (numbers.length + dates.length < args.length) {
      const other = args.findIndex((value) => !isNumber(value) && value?.type !== BsonType.date);
      throw refuse("$add", args[other]);
    }
    const sum = numbers.reduce(sumOf, intValue(0));
    return dates[0] ? moveDate(dates[0], sum) : sum;
  },
};

const subtract: Operator = {
  arity: [2, 2],
  evaluate: ([left, right]) => {
    if (isNullish(left) || isNullish(right)) return NULL_VALUE;
    if (left?.type === BsonType.date && right?.type === BsonType.date) {
      return longValue(left.bytes.readBigInt64LE() - right.bytes.readBigInt64LE());
    }
    if (!isNumber(right)) throw refuse("$subtract", right);
    if (left?.type === BsonType.date) return moveDate(left, negate(right));
    if (!isNumber(left)) throw refuse("$subtract", left);
    return sumOf(left, negate(right));
  },
};

function divide(dividend: BsonValue, divisor: BsonValue): BsonValue {
  if (toDouble(divisor) === 0) throw new CommandError("BadValue", "can't $divide by zero");
  if (dividend.type === BsonType.decimal || divisor.type === BsonType.decimal) {
    return decimalValue(divideDecimals(toDecimal(dividend), toDecimal(divisor)));
  }
  return doubleValue(toDouble(dividend) / toDouble(divisor));
}

function remainder(dividend: BsonValue, divisor: BsonValue): BsonValue {
  if (toDouble(divisor) === 0) throw new CommandError(16610, "can't $mod by zero");
  const types = [dividend.type, divisor.type];
  if (types.includes(BsonType.decimal)) {
    throw new CommandError("BadValue", "$mod of Decimal128 values is not supported here");
  }
  if (types.includes(BsonType.double)) return doubleValue(toDouble(dividend) % toDouble(divisor));
  const result = toBigInt(dividend) % toBigInt(divisor);
  return types.includes(BsonType.long) ? longValue(result) : intValue(Number(result));
}

/** `$abs`, `$ceil`, `$floor`, `$trunc`: integers stay as they are (or change sign). */
function rounding(name: string, round: (value: number) => number): Operator {
  return onNumbers(name, [1, 1], ([value = NULL_VALUE]) => {
    if (value.type === BsonType.double) return doubleValue(round(toDouble(value)));
    if (value.type !== BsonType.decimal) return value;
    throw new CommandError("BadValue", `${name} of Decimal128 values is not supported here`);
  });
}

export const ARITHMETIC: OperatorTable = {
  $add: add,
  $subtract: subtract,
  $multiply: onNumbers("$multiply", [0, MANY], (numbers) => numbers.reduce(productOf, intValue(1))),
  $divide: onNumbers("$divide", [2, 2], ([a = NULL_VALUE, b = NULL_VALUE]) => divide(a, b)),
  $mod: onNumbers("$mod", [2, 2], ([a = NULL_VALUE, b = NULL_VALUE]) => remainder(a, b)),
  $abs: onNumbers("$abs", [1, 1], ([value = NULL_VALUE]) => {
    const isNegative = toDouble(value) < 0;
    return isNegative ? negate(value) : value;
  }),
  $ceil: rounding("$ceil", Math.ceil),
  $floor: rounding("$floor", Math.floor),
  $trunc: rounding("$trunc", Math.trunc),
};

/** The average of `count` numbers from their sum: a double, or a Decimal128 if the sum is one. */
export function quotientOf(sum: BsonValue, count: number): BsonValue {
  if (sum.type === BsonType.decimal) {
    return decimalValue(divideDecimals(toDecimal(sum), decimalFromInteger(BigInt(count))));
  }
  return doubleValue(toDouble(sum) / count);
}
