import {
  buildDocument,
  getField,
  isEmptyDocument,
  readElements,
  type BsonElement,
  type RawDocument,
} from "../../bson/document.js";
import { encodeValue } from "../../bson/encode.js";
import { BsonType } from "../../bson/type.js";
import { copyValue, NULL_VALUE, type BsonValue } from "../../bson/value.js";
import { CommandError } from "../../errors.js";
import { compileExpression } from "../../expression/compile.js";
import type { Expression } from "../../expression/expression.js";
import { ACCUMULATORS, type Accumulator } from "../accumulators.js";
import { paced, type Stage } from "../stage.js";

/** A rough price of a group's objects, and of each of its accumulators, besides what they hold. */
const GROUP_BYTES = 350;
const ACCUMULATOR_BYTES = 150;

interface GroupField {
  readonly name: string;
  readonly create: () => Accumulator;
  readonly evaluate: Expression;
}

interface Group {
  readonly id: BsonValue;
  readonly accumulators: readonly Accumulator[];
}

/** `$group`: groups come out in the order in which their first documents came in. */
export function groupStage(operand: BsonValue): Stage {
  const { idOf, fields } = readGroup(operand);
  return async function* (documents, context) {
    const { now, memory } = context;
    const groups = new Map<string, Group>();
    for await (const root of documents) {
      const id = idOf({ root, now }) ?? NULL_VALUE;
      const key = encodeValue(id).toString("latin1");
      let group = groups.get(key);
      let bytes = 0;
      if (group === undefined) {
        group = { id: copyValue(id), accumulators: fields.map(({ create }) => create()) };
        groups.set(key, group);
        bytes = key.length + id.bytes.length + GROUP_BYTES + fields.length * ACCUMULATOR_BYTES;
      }
      for (const [index, { evaluate }] of fields.entries()) {
        bytes += group.accumulators[index]?.add(evaluate({ root, now })) ?? 0;
      }
      if (bytes !== 0) memory?.take(bytes, "$group");
    }
    yield* paced(documentsOf(groups.values(), fields), context);
  };
}

function* documentsOf(
  groups: Iterable<Group>,
  fields: readonly GroupField[],
): Iterable<RawDocument> {
  for (const group of groups) yield documentOf(group, fields);
}

function documentOf({ id, accumulators }: Group, fields: readonly GroupField[]): RawDocument {
  const results = accumulators.map((accumulator, index): [string, BsonValue] => [
    fields[index]?.name ?? "",
    accumulator.result(),
  ]);
  return buildDocument([["_id", id], ...results]);
}

function readGroup(operand: BsonValue): { idOf: Expression; fields: GroupField[] } {
  if (operand.type !== BsonType.object) {
    throw new CommandError(15947, "a group's fields must be specified in an object");
  }
  const id = getField(operand.bytes, "_id");
  if (id === undefined) throw new CommandError(15955, "a group specification must include an _id");
  const fields = readElements(operand.bytes).filter(({ name }) => name !== "_id");
  return { idOf: compileExpression(id), fields: fields.map(readField) };
}

function readField(element: BsonElement): GroupField {
  const { name } = element;
  if (name.includes(".")) {
    throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  }
  if (name.startsWith("$")) {
    throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  }
  const accumulators = element.type === BsonType.object ? readElements(element.bytes) : [];
  const [accumulator] = accumulators;
  if (accumulator?.name.startsWith("$") !== true) {
    throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  }
  if (accumulators.length > 1) {
    throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  }
  const create = Object.hasOwn(ACCUMULATORS, accumulator.name)
    ? ACCUMULATORS[accumulator.name]
    : undefined;
  if (create === undefined) {
    throw new CommandError(15952, `unknown group operator '${accumulator.name}'`);
  }
  refuseOperands(accumulator);
  return { name, create, evaluate: compileExpression(accumulator) };
}

function refuseOperands(accumulator: BsonElement): void {
  if (accumulator.type === BsonType.array) {
    throw new CommandError(40237, `The ${accumulator.name} accumulator is a unary operator`);
  }
  const isEmpty = accumulator.type === BsonType.object && isEmptyDocument(accumulator.bytes);
  if (accumulator.name === "$count" && !isEmpty) {
    throw new CommandError("TypeMismatch", "$count takes no arguments, i.e. $count:{}");
  }
}

/** Whether a `$group` looks at no field of the documents: then only their number matters. */
export function isGroupConstant(operand: BsonValue): boolean {
  if (operand.type !== BsonType.object) return false;
  return readElements(operand.bytes).every((element) => {
    if (element.name === "_id") return isConstant(element);
    return element.type === BsonType.object && readElements(element.bytes).every(isConstant);
  });
}

function isConstant({ type, bytes }: BsonValue): boolean {
  if (type === BsonType.object) return isEmptyDocument(bytes);
  return type !== BsonType.array && !(type === BsonType.string && bytes[4] === "$".charCodeAt(0));
}
