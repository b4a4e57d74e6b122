import { compareValues } from "../../bson/compare.js";
import {
  EMPTY_DOCUMENT,
  arrayValue,
  readElements,
  readValues,
  type BsonElement,
} from "../../bson/document.js";
import { isNumber, toIntegerExactly } from "../../bson/number.js";
import { BsonType } from "../../bson/type.js";
import { describeValue, typeNameOf, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { compileSort } from "../../sort.js";
import type { Operator } from "../modifier.js";

type Order = (values: BsonValue[]) => BsonValue[];

interface Push {
  readonly values: readonly BsonValue[];
  readonly position: number | undefined;
  readonly slice: number | undefined;
  readonly order: Order | undefined;
}

/** `$push`: a value, or `{ $each, $position, $sort, $slice }`, done in this order. */
export const push: Operator = ({ path, operand }) => {
  const compiled = readPush(operand);
  return [
    {
      path,
      modifier: (current) => {
        if (current !== undefined && current.type !== BsonType.array) {
          throw new CommandError(
            "BadValue",
            `The field '${path}' must be an array but is of type ${typeNameOf(current)}`,
          );
        }
        return arrayValue(pushInto(current ? readValues(current.bytes) : [], compiled));
      },
    },
  ];
};

function pushInto(existing: BsonValue[], { values, position, slice, order }: Push): BsonValue[] {
  const at = position ?? existing.length;
  const pushed = existing.toSpliced(at, 0, ...values);
  const ordered = order ? order(pushed) : pushed;
  if (slice === undefined) return ordered;
  if (slice === 0) return [];
  return slice > 0 ? ordered.slice(0, slice) : ordered.slice(slice);
}

function readPush(operand: BsonValue): Push {
  const clauses = operand.type === BsonType.object ? readElements(operand.bytes) : [];
  const each = clauses.find(({ name }) => name === "$each");
  if (each === undefined) {
    return { values: [operand], position: undefined, slice: undefined, order: undefined };
  }
  const unknown = clauses.find(
    ({ name }) => !["$each", "$position", "$slice", "$sort"].includes(name),
  );
  if (unknown) {
    throw new CommandError("BadValue", `Unrecognized clause in $push: ${unknown.name}`);
  }
  const sort = clauses.find(({ name }) => name === "$sort");
  return {
    values: eachOf(each, "$push"),
    position: integerOf(clauses, "$position"),
    slice: integerOf(clauses, "$slice"),
    order: sort && orderOf(sort),
  };
}

/** @throws CommandError 14 when `$each` is not an array. */
export function eachOf(each: BsonValue, operator: string): BsonValue[] {
  if (each.type === BsonType.array) return readValues(each.bytes);
  throw new CommandError(
    operator === "$push" ? "BadValue" : "TypeMismatch",
    `The argument to $each in ${operator} must be an array but it was of type: ${typeNameOf(each)}`,
  );
}

function integerOf(clauses: readonly BsonElement[], name: string): number | undefined {
  const clause = clauses.find((element) => element.name === name);
  if (clause === undefined) return undefined;
  const integer = isNumber(clause) ? toIntegerExactly(clause) : undefined;
  if (integer !== undefined) return Number(integer);
  throw new CommandError(
    "BadValue",
    `The value for ${name} must be an integer value but was given type: ${typeNameOf(clause)}`,
  );
}

function orderOf(sort: BsonElement): Order {
  if (isNumber(sort)) {
    const direction = Number(toIntegerExactly(sort) ?? 0n);
    if (direction === 1 || direction === -1) {
      return (values) => values.toSorted((a, b) => direction * compareValues(a, b));
    }
  }
  if (sort.type !== BsonType.object) {
    throw new CommandError(
      "BadValue",
      `The $sort element value must be either 1 or -1 or a document: ${describeValue(sort)}`,
    );
  }
  const { key } = compileSort(sort.bytes);
  return (values) =>
    values
      .map((value) => ({
        value,
        key: key(value.type === BsonType.object ? value.bytes : EMPTY_DOCUMENT),
      }))
      .sort((a, b) => a.key.compare(b.key))
      .map(({ value }) => value);
}
