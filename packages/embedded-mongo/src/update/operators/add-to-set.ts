import { equalValues } from "../../bson/compare.js";
import { arrayValue, getField, readElements, readValues } from "../../bson/document.js";
import { BsonType } from "../../bson/type.js";
import { typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Operator } from "../modifier.js";
import { eachOf } from "./push.js";

/** `$addToSet`: a value, or `{ $each: [...] }`; adds what no element equals. */
export const addToSet: Operator = ({ path, operand }) => {
  const values = valuesOf(operand);
  return [
    {
      path,
      modifier: (current) => {
        if (current !== undefined && current.type !== BsonType.array) {
          throw new CommandError(
            "BadValue",
            `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeNameOf(current)}`,
          );
        }
        const existing = current ? readValues(current.bytes) : [];
        const added = withoutKnown(values, existing);
        if (current !== undefined && added.length === 0) return current;
        return arrayValue([...existing, ...added]);
      },
    },
  ];
};

function withoutKnown(values: readonly BsonValue[], existing: readonly BsonValue[]): BsonValue[] {
  const added: BsonValue[] = [];
  for (const value of values) {
    const isKnown = [...existing, ...added].some((known) => equalValues(known, value));
    if (!isKnown) added.push(value);
  }
  return added;
}

function valuesOf(operand: BsonValue): BsonValue[] {
  const each = operand.type === BsonType.object ? getField(operand.bytes, "$each") : undefined;
  if (each === undefined) return [operand];
  const unknown = readElements(operand.bytes).find(({ name }) => name !== "$each");
  if (unknown) {
    throw new CommandError(
      "BadValue",
      `Found unexpected fields after $each in $addToSet: ${unknown.name}`,
    );
  }
  return eachOf(each, "$addToSet");
}
