import { isNumber, toIntegerExactly } from "../../bson/number.js";
import { describeValue, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Stage } from "../stage.js";

/** The operand of `$limit`. */
export function readLimit(operand: BsonValue): number {
  const limit = wholeNumber("$limit", operand, 5107201);
  if (limit === 0) throw new CommandError(15958, "the limit must be positive");
  return limit;
}

/** The operand of `$skip`. */
export function readSkip(operand: BsonValue): number {
  return wholeNumber("$skip", operand, 5107200);
}

function wholeNumber(name: string, operand: BsonValue, code: number): number {
  const integer = isNumber(operand) ? toIntegerExactly(operand) : undefined;
  if (integer !== undefined && integer >= 0n) return Number(integer);
  throw new CommandError(
    code,
    `invalid argument to ${name} stage: Expected a non-negative number in: ${name}: ${describeValue(operand)}`,
  );
}

/** `$limit`: stops reading as soon as it has enough. */
export function limitStage(limit: number): Stage {
  return async function* (documents) {
    let left = limit;
    for await (const document of documents) {
      yield document;
      left -= 1;
      if (left <= 0) return;
    }
  };
}

/** `$skip`. */
export function skipStage(skip: number): Stage {
  return async function* (documents) {
    let left = skip;
    for await (const document of documents) {
      if (left > 0) left -= 1;
      else yield document;
    }
  };
}
