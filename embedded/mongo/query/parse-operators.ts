import { readElements, readValues, type BsonElement, type RawDocument } from "../bson/document.js";
import { parsePath } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { regexOf, textOf, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { FilterNode } from "./node.js";
import { hasElement, hasSize } from "./operators/array.js";
import { equal, inRange } from "./operators/comparison.js";
import { exists, hasType, isExistsTrue } from "./operators/element.js";
import { isIn } from "./operators/membership.js";
import { hasRemainder } from "./operators/mod.js";
import { matchesRegex } from "./operators/regex.js";
import { isOperatorDocument, parseFilter } from "./parse.js";
import type { Predicate } from "./predicate.js";

/** Operators that are one predicate on the path. */
const PREDICATES: Partial<Record<string, (operand: BsonValue) => Predicate>> = {
  $eq: equal,
  $gt: (operand) => inRange("$gt", operand),
  $gte: (operand) => inRange("$gte", operand),
  $lt: (operand) => inRange("$lt", operand),
  $lte: (operand) => inRange("$lte", operand),
  $in: isIn,
  $type: hasType,
  $size: hasSize,
  $mod: hasRemainder,
  $elemMatch: elementMatch,
};

/** Parses what is asked of one path, `{ $gte: 1, $lt: 5 }`. */
export function parseOperators(path: string, operators: RawDocument): FilterNode {
  const elements = readElements(operators);
  const children = elements.map((element) => parseOperator(path, element, elements));
  return { kind: "and", children: children.filter((child) => child !== undefined) };
}

function onPath(path: string, predicate: Predicate): FilterNode {
  return { kind: "path", path, parts: parsePath(path), predicate };
}

function parseOperator(
  path: string,
  element: BsonElement,
  siblings: readonly BsonElement[],
): FilterNode | undefined {
  const predicate = Object.hasOwn(PREDICATES, element.name) ? PREDICATES[element.name] : undefined;
  if (predicate) return onPath(path, predicate(element));
  switch (element.name) {
    case "$ne":
      if (element.type === BsonType.regex) {
        throw new CommandError("BadValue", "Can't have regex as arg to $ne.");
      }
      return { kind: "not", child: onPath(path, equal(element)) };
    case "$nin":
      return { kind: "not", child: onPath(path, isIn(element)) };
    case "$not":
      return { kind: "not", child: parseNegated(path, element) };
    case "$exists": {
      const child = onPath(path, exists(element));
      return isExistsTrue(element) ? child : { kind: "not", child };
    }
    case "$all":
      return parseAll(path, element);
    case "$regex":
      return onPath(path, matchesRegex(regexWithOptions(element, siblings)));
    case "$options":
      if (siblings.some(({ name }) => name === "$regex")) return undefined;
      throw new CommandError("BadValue", "$options needs a $regex");
    case "$comment":
      return undefined;
    default:
      throw new CommandError("BadValue", `unknown operator: ${element.name}`);
  }
}

function parseNegated(path: string, operand: BsonValue): FilterNode {
  if (operand.type === BsonType.regex) return onPath(path, matchesRegex(operand));
  if (operand.type !== BsonType.object) {
    throw new CommandError("BadValue", "$not needs a regex or a document");
  }
  if (readElements(operand.bytes).length === 0) {
    throw new CommandError("BadValue", "$not cannot be empty");
  }
  return parseOperators(path, operand.bytes);
}

/** `$all`: each of the values is there; an empty list matches nothing. */
function parseAll(path: string, operand: BsonValue): FilterNode {
  if (operand.type !== BsonType.array) throw new CommandError("BadValue", "$all needs an array");
  const values = readValues(operand.bytes);
  const areElementMatches = values.map((value) => {
    const [first] = value.type === BsonType.object ? readElements(value.bytes) : [];
    if (
      first?.name.startsWith("$") === true &&
      first.name !== "$elemMatch" &&
      isOperatorDocument(value)
    ) {
      throw new CommandError("BadValue", "no $ expressions in $all");
    }
    return first?.name === "$elemMatch";
  });
  if (areElementMatches.includes(true) && areElementMatches.includes(false)) {
    throw new CommandError("BadValue", "$all/$elemMatch has to be consistent");
  }
  if (values.length === 0) return { kind: "or", children: [] };
  const children = values.map((value, index) => {
    if (areElementMatches[index]) return parseOperators(path, value.bytes);
    return onPath(path, value.type === BsonType.regex ? matchesRegex(value) : equal(value));
  });
  return { kind: "and", children };
}

/** `$elemMatch` on the fields of an element, or on the element itself when the condition begins with an operator. */
function elementMatch(operand: BsonValue): Predicate {
  if (operand.type !== BsonType.object) {
    throw new CommandError("BadValue", "$elemMatch needs an Object");
  }
  const [first] = readElements(operand.bytes);
  const isLogical = first !== undefined && ["$and", "$or", "$nor", "$expr"].includes(first.name);
  const isOnFields = isLogical || !isOperatorDocument(operand);
  const node = isOnFields ? parseFilter(operand.bytes) : parseOperators("", operand.bytes);
  return hasElement(operand, { node, isOnFields });
}

/** The regular expression of `$regex` with the options of `$options`. */
function regexWithOptions(regex: BsonValue, siblings: readonly BsonElement[]): BsonValue {
  const options = siblings.find(({ name }) => name === "$options");
  if (options && options.type !== BsonType.string) {
    throw new CommandError("BadValue", "$options has to be a string");
  }
  const given = options && textOf(options);
  if (regex.type === BsonType.string) return regexValue(textOf(regex), given ?? "");
  if (regex.type !== BsonType.regex)
    throw new CommandError("BadValue", "$regex has to be a string");
  const own = regexOf(regex);
  if (given === undefined) return regex;
  if (own.options !== "") throw new CommandError(51075, "options set in both $regex and $options");
  return regexValue(own.pattern, given);
}

function regexValue(pattern: string, options: string): BsonValue {
  if (pattern.includes("\0") || options.includes("\0")) {
    throw new CommandError(51091, "Regular expression cannot contain an embedded null byte");
  }
  return { type: BsonType.regex, bytes: Buffer.from(`${pattern}\0${options}\0`) };
}
