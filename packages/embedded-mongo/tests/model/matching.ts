import { type Field, type Model } from "./model.js";
import { compareModels, fractionOf, isNumeric, typeOrder } from "./order.js";

/** A condition on one value. */
export type Condition =
  | { readonly operator: "$eq" | "$ne" | "$gt" | "$gte" | "$lt" | "$lte"; readonly operand: Model }
  | { readonly operator: "$in" | "$nin" | "$all"; readonly operands: readonly Model[] }
  | { readonly operator: "$exists"; readonly isWanted: boolean }
  | { readonly operator: "$regex"; readonly pattern: string; readonly options: "" | "i" }
  | { readonly operator: "$type"; readonly type: Model["type"] }
  | { readonly operator: "$size"; readonly size: number }
  | { readonly operator: "$mod"; readonly divisor: number; readonly remainder: number }
  | { readonly operator: "$not"; readonly condition: Condition }
  | { readonly operator: "$elemMatch"; readonly query: Query }
  | { readonly operator: "$elemMatch"; readonly conditions: readonly Condition[] };

export type Query =
  | { readonly path: string; readonly condition: Condition }
  | { readonly logic: "$and" | "$or" | "$nor"; readonly queries: readonly Query[] };

/** `undefined` is a missing field. */
type Found = Model | undefined;

/** Whether a document matches: plainly written from the manual, with all candidates collected first. */
export function modelMatches(fields: readonly Field[], query: Query): boolean {
  if ("path" in query) return pathMatches(fields, query.path.split("."), query.condition);
  const results = query.queries.map((inner) => modelMatches(fields, inner));
  if (query.logic === "$and") return !results.includes(false);
  return results.includes(true) === (query.logic === "$or");
}

function pathMatches(
  fields: readonly Field[],
  path: readonly string[],
  condition: Condition,
): boolean {
  switch (condition.operator) {
    case "$ne":
      return !pathMatches(fields, path, { ...condition, operator: "$eq" });
    case "$nin":
      return !pathMatches(fields, path, { ...condition, operator: "$in" });
    case "$not":
      return !pathMatches(fields, path, condition.condition);
    case "$exists":
      return reached(fields, path).some(({ value }) => value !== undefined) === condition.isWanted;
    case "$all": {
      const { operands } = condition;
      if (operands.length === 0) return false;
      return operands.every((operand) => pathMatches(fields, path, { operator: "$eq", operand }));
    }
    case "$size":
    case "$elemMatch":
      return reached(fields, path).some(({ value }) => valueMatches(value, condition));
    case "$eq":
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
    case "$in":
    case "$type":
    case "$mod":
    case "$regex":
      return reached(fields, path)
        .flatMap(({ value, isDenoted }) =>
          value?.type === "array" && !isDenoted ? [...value.items, value] : [value],
        )
        .some((value) => valueMatches(value, condition));
  }
}

interface Reached {
  readonly value: Found;
  /** A number in the path pointed at this very element, so it is not opened if it is an array. */
  readonly isDenoted: boolean;
}

/** Everything that a dotted path leads to. */
function reached(fields: readonly Field[], path: readonly string[]): Reached[] {
  const [name, ...rest] = path;
  const value = fields.find(([key]) => key === name)?.[1];
  if (rest.length === 0) return [{ value, isDenoted: false }];
  if (value?.type === "object") return reached(value.fields, rest);
  if (value?.type === "array") return reachedInArray(value.items, rest);
  return [{ value: undefined, isDenoted: false }];
}

function reachedInArray(items: readonly Model[], path: readonly string[]): Reached[] {
  const [name, ...rest] = path;
  const denoted = items[Number(name)];
  return [
    ...items.flatMap((item) => (item.type === "object" ? reached(item.fields, path) : [])),
    ...(denoted === undefined ? [] : reachedFromElement(denoted, rest)),
  ];
}

function reachedFromElement(element: Model, rest: readonly string[]): Reached[] {
  if (rest.length === 0) return [{ value: element, isDenoted: true }];
  if (element.type === "object") return reached(element.fields, rest);
  return element.type === "array" ? reachedInArray(element.items, rest) : [];
}

/** Whether one value fulfils a condition by itself. */
function valueMatches(value: Found, condition: Condition): boolean {
  switch (condition.operator) {
    case "$eq":
      return isEqual(value, condition.operand);
    case "$ne":
      return !isEqual(value, condition.operand);
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return isInOrder(value, condition.operator, condition.operand);
    case "$in":
      return condition.operands.some((operand) => isEqual(value, operand));
    case "$nin":
      return !condition.operands.some((operand) => isEqual(value, operand));
    case "$all":
      return (
        condition.operands.length > 0 &&
        condition.operands.every((operand) => isEqual(value, operand))
      );
    case "$exists":
      return (value !== undefined) === condition.isWanted;
    case "$type":
      return value?.type === condition.type;
    case "$size":
      return value?.type === "array" && value.items.length === condition.size;
    case "$mod":
      return hasRemainder(value, condition);
    case "$regex":
      return matchesPattern(value, condition);
    case "$not":
      return !valueMatches(value, condition.condition);
    case "$elemMatch":
      return value?.type === "array" && value.items.some((item) => elementMatches(item, condition));
  }
}

/** A pattern matches text, and itself. */
function matchesPattern(
  value: Found,
  { pattern, options }: { pattern: string; options: string },
): boolean {
  if (value?.type === "regex") return value.pattern === pattern && value.options === options;
  const isText = value?.type === "string" || value?.type === "symbol";
  return isText && new RegExp(pattern, options).test(value.text);
}

export function elementMatches(
  item: Model,
  condition: Extract<Condition, { operator: "$elemMatch" }>,
): boolean {
  if ("conditions" in condition)
    return condition.conditions.every((inner) => valueMatches(item, inner));
  if (item.type === "object") return modelMatches(item.fields, condition.query);
  if (item.type !== "array") return false;
  return modelMatches(
    item.items.map((inner, index): Field => [String(index), inner]),
    condition.query,
  );
}

function isNullish(value: Found): boolean {
  return value === undefined || value.type === "null" || value.type === "undefined";
}

function isEqual(value: Found, operand: Model): boolean {
  if (operand.type === "null") return isNullish(value);
  return value !== undefined && compareModels(value, operand) === 0;
}

function isInOrder(
  value: Found,
  operator: "$gt" | "$gte" | "$lt" | "$lte",
  operand: Model,
): boolean {
  const isInclusive = operator.endsWith("e");
  const isAbove = operator.startsWith("$g");
  if (operand.type === "null") return isInclusive && isNullish(value);
  if (value === undefined || typeOrder(value) !== typeOrder(operand)) {
    return operand.type === (isAbove ? "minKey" : "maxKey");
  }
  if (isNumeric(value) && [fractionOf(value), fractionOf(operand)].includes("NaN")) {
    return isInclusive && compareModels(value, operand) === 0;
  }
  const sign = compareModels(value, operand);
  if (sign === 0) return isInclusive;
  return sign > 0 === isAbove;
}

function hasRemainder(
  value: Found,
  { divisor, remainder }: { divisor: number; remainder: number },
): boolean {
  if (value === undefined || !isNumeric(value)) return false;
  const fraction = fractionOf(value);
  if (typeof fraction === "string") return false;
  const whole = fraction.top / fraction.bottom;
  // What is no 64-bit integer has no remainder.
  return BigInt.asIntN(64, whole) === whole && whole % BigInt(divisor) === BigInt(remainder);
}
