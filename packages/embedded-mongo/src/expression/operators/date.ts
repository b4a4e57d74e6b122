import { BsonType } from "../../bson/type.js";
import { NULL_VALUE, intValue, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { isNullish } from "../../query/operators/comparison.js";
import type { Operator, OperatorTable } from "../expression.js";

const DAY_MS = 86_400_000;

/** The instant of a date, timestamp or ObjectId, in milliseconds since the epoch. */
export function millisecondsOf(value: BsonValue): number {
  switch (value.type) {
    case BsonType.date:
      return Number(value.bytes.readBigInt64LE());
    case BsonType.timestamp:
      return value.bytes.readUInt32LE(4) * 1000;
    case BsonType.objectId:
      return value.bytes.readUInt32BE() * 1000;
    default:
      throw new CommandError(16006, `can't convert from BSON type ${typeNameOf(value)} to Date`);
  }
}

/** A part of a date in UTC. */
function part(read: (date: Date) => number): Operator {
  return {
    arity: [1, 1],
    evaluate: ([value]) => {
      if (value === undefined || isNullish(value)) return NULL_VALUE;
      if (value.type === BsonType.object) {
        throw new CommandError("BadValue", "Dates with options (timezone) are not supported here");
      }
      return intValue(read(new Date(millisecondsOf(value))));
    },
  };
}

export const DATES: OperatorTable = {
  $year: part((date) => date.getUTCFullYear()),
  $month: part((date) => date.getUTCMonth() + 1),
  $dayOfMonth: part((date) => date.getUTCDate()),
  $dayOfWeek: part((date) => date.getUTCDay() + 1),
  $dayOfYear: part(
    (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1,
  ),
  $hour: part((date) => date.getUTCHours()),
  $minute: part((date) => date.getUTCMinutes()),
  $second: part((date) => date.getUTCSeconds()),
  $millisecond: part((date) => date.getUTCMilliseconds()),
};
