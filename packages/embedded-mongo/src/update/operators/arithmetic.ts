import { addNumbers, isNumber, multiplyNumbers } from "../../bson/number.js";
import { describeValue, intValue, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Operator } from "../modifier.js";

interface Arithmetic {
  readonly name: "$inc" | "$mul";
  readonly verb: string;
  readonly combine: (a: BsonValue, b: BsonValue) => BsonValue | undefined;
  /** What a missing field counts as. */
  readonly initial: BsonValue;
}

/** `$inc`: a missing field becomes the operand. */
export const inc = arithmetic({
  name: "$inc",
  verb: "increment",
  combine: addNumbers,
  initial: intValue(0),
});

/** `$mul`: a missing field becomes 0 in the operand's type. */
export const mul = arithmetic({
  name: "$mul",
  verb: "multiply",
  combine: multiplyNumbers,
  initial: intValue(0),
});

function arithmetic({ name, verb, combine, initial }: Arithmetic): Operator {
  return ({ path, operand }) => {
    if (!isNumber(operand)) {
      throw new CommandError(
        "TypeMismatch",
        `Cannot ${verb} with non-numeric argument: {${path}: ${describeValue(operand)}}`,
      );
    }
    const modifier = (current: BsonValue | undefined): BsonValue => {
      if (current !== undefined && !isNumber(current)) {
        throw new CommandError(
          "TypeMismatch",
          `Cannot apply ${name} to a value of non-numeric type. The field '${path}' has type ${typeNameOf(current)}`,
        );
      }
      if (current === undefined && name === "$inc") return operand;
      const result = combine(current ?? initial, operand);
      if (result !== undefined) return result;
      throw new CommandError(
        "BadValue",
        `Failed to apply ${name} operations to current value (${describeValue(current)}) for '${path}': the result does not fit into 64 bits`,
      );
    };
    return [{ path, modifier }];
  };
}
