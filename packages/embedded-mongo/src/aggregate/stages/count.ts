import { buildDocument } from "../../bson/document.js";
import { BsonType } from "../../bson/type.js";
import { objectValue, textOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { CountAccumulator, type Accumulator } from "../accumulators.js";
import type { Stage } from "../stage.js";

/** `$count: "total"`: one document, or none when there was nothing to count. */
export function countStage(operand: BsonValue): Stage {
  const name = operand.type === BsonType.string ? textOf(operand) : "";
  if (name === "") throw new CommandError(40156, "the count field must be a non-empty string");
  if (name.startsWith("$")) {
    throw new CommandError(40158, "the count field cannot be a $-prefixed path");
  }
  if (name.includes("\0"))
    throw new CommandError(40159, "the count field cannot contain a null byte");
  if (name.includes(".")) throw new CommandError(40160, "the count field cannot contain '.'");

  return async function* (documents) {
    const counter: Accumulator = new CountAccumulator();
    let isEmpty = true;
    for await (const document of documents) {
      counter.add(objectValue(document));
      isEmpty = false;
    }
    if (!isEmpty) yield buildDocument([[name, counter.result()]]);
  };
}
