import { eachElement, type BsonElement, type RawDocument } from "../bson/document.js";
import { isTruthy } from "../bson/number.js";
import { parsePath } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import { ValueCursor } from "../bson/value-cursor.js";
import type { BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileExpression } from "../expression/compile.js";
import type { Steps } from "../turn.js";
import { JoinedEqualities } from "./join-equalities.js";
import type { FilterNode, LogicalNode } from "./node.js";
import { isOperatorDocument } from "./operator-document.js";
import { equal } from "./operators/comparison.js";
import { isIn } from "./operators/membership.js";
import { matchesRegex } from "./operators/regex.js";
import { OperatorParser } from "./parse-operators.js";

const OPERATORS = new OperatorParser(parseFilter);

/**
 * Parses a filter document, `{ a: 1, $or: [...] }`, one condition a step. See `compileFilter` for what it throws.
 */
export function* parseFilter(filter: RawDocument): Steps<LogicalNode> {
  const children: FilterNode[] = [];
  for (const element of eachElement(filter)) {
    let child: FilterNode | undefined;
    if (element.name.startsWith("$")) child = yield* parseTopLevel(element);
    else if (isOperatorDocument(element))
      child = yield* OPERATORS.parse(element.name, element.bytes);
    else child = parseLiteral(element.name, element);
    if (child !== undefined) children.push(child);
    yield;
  }
  return { kind: "and", children };
}

/** A path and the value or regular expression that it is compared with. */
function parseLiteral(path: string, value: BsonValue): FilterNode {
  const predicate = value.type === BsonType.regex ? matchesRegex(value) : equal(value);
  return { kind: "path", path, parts: parsePath(path), predicate };
}

function* parseTopLevel(element: BsonElement): Steps<FilterNode | undefined> {
  switch (element.name) {
    case "$and":
    case "$or":
    case "$nor":
      return yield* parseLogical(element);
    case "$comment":
      return undefined;
    case "$expr": {
      const evaluate = compileExpression(element);
      return { kind: "expression", test: (document) => isTruthy(evaluate({ root: document })) };
    }
    default:
      throw new CommandError(
        "BadValue",
        `unknown top level operator: ${element.name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

const KINDS = { $and: "and", $or: "or", $nor: "nor" } as const;

function* parseLogical({ name, type, bytes }: BsonElement): Steps<LogicalNode> {
  if (type !== BsonType.array) throw new CommandError("BadValue", `${name} must be an array`);
  const kind = KINDS[name as keyof typeof KINDS];
  const equalities = new JoinedEqualities();
  const children: FilterNode[] = [];
  const cursor = new ValueCursor(bytes);
  let isEmpty = true;
  while (cursor.next()) {
    isEmpty = false;
    const clause = cursor.value();
    if (kind === "and" || !equalities.take(clause)) children.push(yield* parseClause(clause));
    yield;
  }
  if (isEmpty) throw new CommandError("BadValue", "$and/$or/$nor must be a nonempty array");
  for (const [path, list] of equalities.lists) {
    const predicate = yield* isIn(list);
    children.push({ kind: "path", path, parts: parsePath(path), predicate });
  }
  for (const branch of equalities.others) children.push(yield* parseClause(branch));
  return { kind, children };
}

function* parseClause({ type, bytes }: BsonValue): Steps<FilterNode> {
  if (type === BsonType.object) return yield* parseFilter(bytes);
  throw new CommandError("BadValue", "$or/$and/$nor entries need to be full objects");
}
