import { readElements, readValues, type BsonElement, type RawDocument } from "../bson/document.js";
import { parsePath } from "../bson/path.js";
import { BsonType } from "../bson/type.js";
import type { BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileExpression } from "../expression/compile.js";
import { isTruthy } from "../bson/number.js";
import { joinEqualities } from "./join-equalities.js";
import type { FilterNode, LogicalNode } from "./node.js";
import { equal } from "./operators/comparison.js";
import { isIn } from "./operators/membership.js";
import { matchesRegex } from "./operators/regex.js";
import { parseOperators } from "./parse-operators.js";

/** Parses a filter document, `{ a: 1, $or: [...] }`. See `compileFilter` for what it throws. */
export function parseFilter(filter: RawDocument): LogicalNode {
  const children = readElements(filter).map((element) =>
    element.name.startsWith("$") ? parseTopLevel(element) : parseField(element.name, element),
  );
  return { kind: "and", children: children.filter((child) => child !== undefined) };
}

/** A path and what is asked of it: a value, a regular expression or a document of operators. */
function parseField(path: string, value: BsonValue): FilterNode {
  const parts = parsePath(path);
  if (value.type === BsonType.regex) {
    return { kind: "path", path, parts, predicate: matchesRegex(value) };
  }
  if (isOperatorDocument(value)) return parseOperators(path, value.bytes);
  return { kind: "path", path, parts, predicate: equal(value) };
}

/** Whether a value is `{ $operator: ... }` and not a document to compare with (a DBRef is one of those). */
export function isOperatorDocument(value: BsonValue): boolean {
  if (value.type !== BsonType.object) return false;
  const [first] = readElements(value.bytes);
  if (first?.name.startsWith("$") !== true) return false;
  return !["$ref", "$id", "$db"].includes(first.name);
}

function parseTopLevel(element: BsonElement): FilterNode | undefined {
  switch (element.name) {
    case "$and":
    case "$or":
    case "$nor":
      return parseLogical(element);
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

function parseLogical(element: BsonElement): FilterNode {
  const name = element.name;
  if (element.type !== BsonType.array)
    throw new CommandError("BadValue", `${name} must be an array`);
  const clauses = readValues(element.bytes);
  if (clauses.length === 0) {
    throw new CommandError("BadValue", "$and/$or/$nor must be a nonempty array");
  }
  if (name === "$and") return { kind: "and", children: clauses.map(parseClause) };
  const { lists, others } = joinEqualities(clauses);
  const joined = [...lists].map(([path, list]): FilterNode => {
    return { kind: "path", path, parts: parsePath(path), predicate: isIn(list) };
  });
  const children = [...joined, ...others.map(parseClause)];
  return { kind: name === "$or" ? "or" : "nor", children };
}

function parseClause({ type, bytes }: BsonValue): FilterNode {
  if (type === BsonType.object) return parseFilter(bytes);
  throw new CommandError("BadValue", "$or/$and/$nor entries need to be full objects");
}
