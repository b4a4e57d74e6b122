import { readValues } from "../../bson/document.js";
import { isNumber, truncateToLong } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import type { BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Predicate } from "../node.js";

/** `$mod: [divisor, remainder]`, on numbers cut to integers. */
export function hasRemainder(operand: BsonValue): Predicate {
  if (operand.type !== BsonType.array) {
    throw new CommandError("BadValue", "malformed mod, needs to be an array");
  }
  const [divisorValue, remainderValue, ...others] = readValues(operand.bytes);
  if (divisorValue === undefined || remainderValue === undefined) {
    throw new CommandError("BadValue", "malformed mod, not enough elements");
  }
  if (others.length > 0) throw new CommandError("BadValue", "malformed mod, too many elements");
  const divisor = integerOf(divisorValue, "divisor");
  const remainder = integerOf(remainderValue, "remainder");
  if (divisor === 0n) throw new CommandError("BadValue", "divisor cannot be 0");

  return {
    operator: "$mod",
    operand,
    test: (value) => {
      const number = isNumber(value) ? truncateToLong(value) : undefined;
      return number !== undefined && number % divisor === remainder;
    },
  };
}

function integerOf(value: BsonValue, role: string): bigint {
  const integer = isNumber(value) ? truncateToLong(value) : undefined;
  if (integer === undefined) {
    throw new CommandError("BadValue", `malformed mod, ${role} is not a number`);
  }
  return integer;
}
