import {
  arrayValue,
  buildDocument,
  readElements,
  readValues,
  type BsonElement,
} from "../bson/document.js";
import { BsonType } from "../bson/type.js";
import { NULL_VALUE, objectValue, textOf, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { LAZY_OPERATORS, argumentsOf } from "./conditions.js";
import type { Expression, Operator, OperatorTable } from "./expression.js";
import { compileFieldPath } from "./field-path.js";
import { ARITHMETIC } from "./operators/arithmetic.js";
import { ARRAYS } from "./operators/array.js";
import { COMPARISON } from "./operators/comparison.js";
import { DATES } from "./operators/date.js";
import { TEXTS } from "./operators/text.js";

const OPERATORS: OperatorTable = { ...ARITHMETIC, ...ARRAYS, ...COMPARISON, ...DATES, ...TEXTS };

/**
 * Compiles an aggregation expression: a path (`$a.b`), a literal, an operator (`{ $add: [...] }`), a document or an
 * array of expressions.
 *
 * @throws CommandError: 168 (unknown operator), 16020 (wrong number of arguments), 15983 (more than one operator),
 * 17276 (unknown variable).
 */
export function compileExpression(expression: BsonValue): Expression {
  const { type, bytes } = expression;
  if (type === BsonType.string && bytes[4] === "$".charCodeAt(0)) {
    return compileFieldPath(textOf(expression));
  }
  if (type === BsonType.array) return compileArray(readValues(bytes));
  if (type !== BsonType.object) return () => expression;
  const elements = readElements(bytes);
  const operator = elements.find(({ name }) => name.startsWith("$"));
  if (operator === undefined) return compileObject(elements);
  if (elements.length > 1) {
    throw new CommandError(
      15983,
      "an expression specification must contain exactly one field, the name of the expression",
    );
  }
  return compileOperator(operator);
}

function compileArray(values: readonly BsonValue[]): Expression {
  const items = values.map(compileExpression);
  return (scope) => arrayValue(items.map((item) => item(scope) ?? NULL_VALUE));
}

/** A field whose expression is missing is left out. */
function compileObject(elements: readonly BsonElement[]): Expression {
  const fields = elements.map((element) => ({
    name: checkedName(element.name),
    evaluate: compileExpression(element),
  }));
  return (scope) => {
    const found: [string, BsonValue][] = [];
    for (const { name, evaluate } of fields) {
      const value = evaluate(scope);
      if (value !== undefined) found.push([name, value]);
    }
    return objectValue(buildDocument(found));
  };
}

function checkedName(name: string): string {
  if (!name.includes(".")) return name;
  throw new CommandError(16412, `FieldPath field names may not contain '.': '${name}'`);
}

function compileOperator(element: BsonElement): Expression {
  const lazy = Object.hasOwn(LAZY_OPERATORS, element.name)
    ? LAZY_OPERATORS[element.name]
    : undefined;
  if (lazy) return lazy(element, compileExpression);
  const operator = Object.hasOwn(OPERATORS, element.name) ? OPERATORS[element.name] : undefined;
  if (operator === undefined) {
    throw new CommandError("InvalidPipelineOperator", `Unrecognized expression '${element.name}'`);
  }
  const values = argumentsOf(element);
  refuseArity(element.name, operator, values.length);
  const args = values.map(compileExpression);
  return (scope) => operator.evaluate(args.map((arg) => arg(scope)));
}

function refuseArity(name: string, { arity: [least, most] }: Operator, given: number): void {
  if (given >= least && given <= most) return;
  throw new CommandError(
    16020,
    `Expression ${name} takes ${least === most ? "exactly" : "at least"} ${least} arguments. ${given} were passed in.`,
  );
}
