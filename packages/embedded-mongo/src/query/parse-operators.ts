import {
  eachElement,
  firstName,
  getField,
  isEmptyDocument,
  type BsonElement,
  type RawDocument,
} from "../bson/document.js";
import { parsePath } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { ValueCursor } from "../bson/value-cursor.js";
import { regexOf, textOf, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import type { Steps } from "../turn.js";
import type { FilterNode, LogicalNode, PathNode, Predicate } from "./node.js";
import { isOperatorDocument } from "./operator-document.js";
import { hasElement, hasSize } from "./operators/array.js";
import { equal, inRange } from "./operators/comparison.js";
import { exists, hasType, isExistsTrue } from "./operators/element.js";
import { isIn } from "./operators/membership.js";
import { hasRemainder } from "./operators/mod.js";
import { matchesRegex } from "./operators/regex.js";

/** Operators that are one predicate on the path. */
const PREDICATES: Partial<Record<string, (operand: BsonValue) => Predicate>> = {
  $eq: equal,
  $gt: (operand) => inRange("$gt", operand),
  $gte: (operand) => inRange("$gte", operand),
  $lt: (operand) => inRange("$lt", operand),
  $lte: (operand) => inRange("$lte", operand),
  $type: hasType,
  $size: hasSize,
  $mod: hasRemainder,
};

/** Parses what is asked of one path, `{ $gte: 1, $lt: 5 }`. */
export class OperatorParser {
  readonly #parseFilter: (filter: RawDocument) => Steps<LogicalNode>;

  /** @param parseFilter - For the conditions on the fields of an element, in `$elemMatch`. */
  constructor(parseFilter: (filter: RawDocument) => Steps<LogicalNode>) {
    this.#parseFilter = parseFilter;
  }

  *parse(path: string, operators: RawDocument): Steps<LogicalNode> {
    const children: FilterNode[] = [];
    for (const element of eachElement(operators)) {
      const child = yield* this.#parseOperator(path, element, operators);
      if (child !== undefined) children.push(child);
      yield;
    }
    return { kind: "and", children };
  }

  *#parseOperator(
    path: string,
    element: BsonElement,
    siblings: RawDocument,
  ): Steps<FilterNode | undefined> {
    switch (element.name) {
      case "$in":
        return onPath(path, yield* isIn(element));
      case "$nin":
        return { kind: "not", child: onPath(path, yield* isIn(element)) };
      case "$not":
        return { kind: "not", child: yield* this.#parseNegated(path, element) };
      case "$all":
        return yield* this.#parseAll(path, element);
      case "$elemMatch":
        return onPath(path, yield* this.#elementMatch(element));
      default:
        return parseSimple(path, element, siblings);
    }
  }

  *#parseNegated(path: string, operand: BsonValue): Steps<FilterNode> {
    if (operand.type === BsonType.regex) return onPath(path, matchesRegex(operand));
    if (operand.type !== BsonType.object) {
      throw new CommandError("BadValue", "$not needs a regex or a document");
    }
    if (isEmptyDocument(operand.bytes)) {
      throw new CommandError("BadValue", "$not cannot be empty");
    }
    return yield* this.parse(path, operand.bytes);
  }

  /** `$all`: each of the values is there; an empty list matches nothing. */
  *#parseAll(path: string, operand: BsonValue): Steps<FilterNode> {
    if (operand.type !== BsonType.array) throw new CommandError("BadValue", "$all needs an array");
    const children: FilterNode[] = [];
    let areElementMatches: boolean | undefined;
    const cursor = new ValueCursor(operand.bytes);
    while (cursor.next()) {
      const value = cursor.value();
      const isOne = isElementMatch(value);
      if (isOne !== (areElementMatches ??= isOne))
        throw new CommandError("BadValue", "$all/$elemMatch has to be consistent");
      children.push(isOne ? yield* this.parse(path, value.bytes) : onPath(path, literal(value)));
      yield;
    }
    return { kind: children.length === 0 ? "or" : "and", children };
  }

  /** `$elemMatch` on the fields of an element, or on the element itself when the condition begins with an operator. */
  *#elementMatch(operand: BsonValue): Steps<Predicate> {
    if (operand.type !== BsonType.object) {
      throw new CommandError("BadValue", "$elemMatch needs an Object");
    }
    const isLogical = ["$and", "$or", "$nor", "$expr"].includes(firstName(operand.bytes) ?? "");
    const isOnFields = isLogical || !isOperatorDocument(operand);
    const node = yield* isOnFields
      ? this.#parseFilter(operand.bytes)
      : this.parse("", operand.bytes);
    return hasElement(operand, { node, isOnFields });
  }
}

function onPath(path: string, predicate: Predicate): PathNode {
  return { kind: "path", path, parts: parsePath(path), predicate };
}

function literal(value: BsonValue): Predicate {
  return value.type === BsonType.regex ? matchesRegex(value) : equal(value);
}

/** An operator without conditions inside. */
function parseSimple(
  path: string,
  element: BsonElement,
  siblings: RawDocument,
): FilterNode | undefined {
  const predicate = Object.hasOwn(PREDICATES, element.name) ? PREDICATES[element.name] : undefined;
  if (predicate) return onPath(path, predicate(element));
  switch (element.name) {
    case "$ne":
      if (element.type === BsonType.regex) {
        throw new CommandError("BadValue", "Can't have regex as arg to $ne.");
      }
      return { kind: "not", child: onPath(path, equal(element)) };
    case "$exists": {
      const child = onPath(path, exists(element));
      return isExistsTrue(element) ? child : { kind: "not", child };
    }
    case "$regex": {
      const options = getField(siblings, "$options");
      return onPath(path, matchesRegex(regexWithOptions(element, options)));
    }
    case "$options":
      if (getField(siblings, "$regex") !== undefined) return undefined;
      throw new CommandError("BadValue", "$options needs a $regex");
    case "$comment":
      return undefined;
    default:
      throw new CommandError("BadValue", `unknown operator: ${element.name}`);
  }
}

/** Whether an entry of `$all` is an `$elemMatch`. */
function isElementMatch(value: BsonValue): boolean {
  if (!isOperatorDocument(value)) return false;
  if (firstName(value.bytes) === "$elemMatch") return true;
  throw new CommandError("BadValue", "no $ expressions in $all");
}

/** The regular expression of `$regex` with the options of `$options`. */
function regexWithOptions(regex: BsonValue, options: BsonValue | undefined): BsonValue {
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
