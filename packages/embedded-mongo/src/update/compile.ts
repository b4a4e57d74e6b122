import { readElements, type BsonElement, type RawDocument } from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import { typeNameOf } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { Operator } from "./modifier.js";
import { addToSet } from "./operators/add-to-set.js";
import { inc, mul } from "./operators/arithmetic.js";
import { max, min } from "./operators/bounds.js";
import { currentDate } from "./operators/current-date.js";
import { pop, pull } from "./operators/pull.js";
import { push } from "./operators/push.js";
import { rename } from "./operators/rename.js";
import { set, setOnInsert, unset } from "./operators/set.js";
import { checkUpdatePath } from "./path.js";
import { addChange, emptyBranch, type UpdateBranch } from "./tree.js";

const OPERATORS: Partial<Record<string, Operator>> = {
  $addToSet: addToSet,
  $currentDate: currentDate,
  $inc: inc,
  $max: max,
  $min: min,
  $mul: mul,
  $pop: pop,
  $pull: pull,
  $push: push,
  $rename: rename,
  $set: set,
  $setOnInsert: setOnInsert,
  $unset: unset,
};

/** Compiles `{ $set: {...}, $inc: {...} }`. See `compileUpdate` for what it throws. */
export function compileOperators(update: RawDocument): UpdateBranch {
  const root = emptyBranch();
  for (const element of readElements(update)) {
    const operator = Object.hasOwn(OPERATORS, element.name) ? OPERATORS[element.name] : undefined;
    if (operator === undefined) {
      throw new CommandError(
        "FailedToParse",
        `Unknown modifier: ${element.name}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    addTargets(root, operator, element);
  }
  return root;
}

function addTargets(root: UpdateBranch, operator: Operator, element: BsonElement): void {
  if (element.type !== BsonType.object) {
    throw new CommandError(
      "FailedToParse",
      `Modifiers operate on fields but we found type ${typeNameOf(element)} instead. For example: {$mod: {<field>: ...}} not {${element.name}: ...}`,
    );
  }
  for (const target of readElements(element.bytes)) {
    checkUpdatePath(target.name);
    for (const change of operator({ path: target.name, operand: target })) addChange(root, change);
  }
}
