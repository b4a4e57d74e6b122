import { getField, readElements } from "../../bson/document.js";
import { BsonType } from "../../bson/type.js";
import { dateValue, describeValue, textOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import type { Operator } from "../modifier.js";

/** `$currentDate`: `true`, or `{ $type: "date" }` or `{ $type: "timestamp" }`. */
export const currentDate: Operator = ({ path, operand }) => {
  const isTimestamp = typeOf(operand) === "timestamp";
  return [
    { path, modifier: (_current, { now }) => (isTimestamp ? timestampOf(now) : dateOf(now)) },
  ];
};

function typeOf(operand: BsonValue): "date" | "timestamp" {
  if (operand.type === BsonType.bool) return "date";
  if (operand.type !== BsonType.object) {
    throw new CommandError(
      "BadValue",
      `${describeValue(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  }
  const type = getField(operand.bytes, "$type");
  const name = type?.type === BsonType.string ? textOf(type) : undefined;
  const isValid =
    readElements(operand.bytes).length === 1 && (name === "date" || name === "timestamp");
  if (isValid) return name;
  throw new CommandError(
    "BadValue",
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field: {$type: 'date'}}}",
  );
}

function dateOf(now: Date): BsonValue {
  return dateValue(BigInt(now.getTime()));
}

/** Seconds in the upper, an ordinal in the lower half. */
function timestampOf(now: Date): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(Math.floor(now.getTime() / 1000), 4);
  return { type: BsonType.timestamp, bytes };
}
