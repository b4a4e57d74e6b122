import { getField, readElements, readValues } from "../bson/document.js";
import { isTruthy } from "../bson/number.js";
import { BsonType } from "../bson/type.js";
import { boolValue, type BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { isNullish } from "../query/operators/comparison.js";
import type { Expression } from "./expression.js";

/** Compiles what stands inside an operator. */
type Compile = (expression: BsonValue) => Expression;

/** An operator that evaluates only the arguments it needs. */
export type LazyOperator = (operand: BsonValue, compile: Compile) => Expression;

const and: LazyOperator = (operand, compile) => {
  const clauses = argumentsOf(operand).map(compile);
  return (scope) => boolValue(clauses.every((clause) => isTruthy(clause(scope))));
};

const or: LazyOperator = (operand, compile) => {
  const clauses = argumentsOf(operand).map(compile);
  return (scope) => boolValue(clauses.some((clause) => isTruthy(clause(scope))));
};

const literal: LazyOperator = (operand) => () => operand;

const cond: LazyOperator = (operand, compile) => {
  const [condition, whenTrue, whenFalse] = branchesOf(operand).map(compile);
  if (!condition || !whenTrue || !whenFalse) {
    throw new CommandError(16020, "Expression $cond takes exactly 3 arguments.");
  }
  return (scope) => (isTruthy(condition(scope)) ? whenTrue(scope) : whenFalse(scope));
};

function branchesOf(operand: BsonValue): BsonValue[] {
  if (operand.type !== BsonType.object) {
    const branches = argumentsOf(operand);
    return branches.length === 3 ? branches : [];
  }
  const unknown = readElements(operand.bytes).find(
    ({ name }) => !["if", "then", "else"].includes(name),
  );
  if (unknown) throw new CommandError(17083, `Unrecognized parameter to $cond: ${unknown.name}`);
  return ["if", "then", "else"].map((name, index) => {
    const branch = getField(operand.bytes, name);
    if (branch === undefined) {
      throw new CommandError(17080 + index, `Missing '${name}' parameter to $cond`);
    }
    return branch;
  });
}

const ifNull: LazyOperator = (operand, compile) => {
  const choices = argumentsOf(operand).map(compile);
  const last = choices.pop();
  if (last === undefined || choices.length === 0) {
    throw new CommandError(1257300, "$ifNull needs at least two arguments");
  }
  return (scope) => {
    for (const choice of choices) {
      const value = choice(scope);
      if (!isNullish(value)) return value;
    }
    return last(scope);
  };
};

/** The arguments of an operator: the elements of an array, or the one thing that is not an array. */
export function argumentsOf(operand: BsonValue): BsonValue[] {
  return operand.type === BsonType.array ? readValues(operand.bytes) : [operand];
}

export const LAZY_OPERATORS: Readonly<Record<string, LazyOperator>> = {
  $and: and,
  $or: or,
  $cond: cond,
  $ifNull: ifNull,
  $literal: literal,
};
