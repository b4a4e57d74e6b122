import fc from "fast-check";
import { denseScalars, plainValues } from "./arbitraries.js";
import type { Field, Model } from "./model.js";
import { modelMatches } from "./matching.js";
import { compareModels } from "./order.js";
import { combinedNumbers, zeroLike } from "./arithmetic.js";

/** One update operator on one path. */
export interface UpdateStep {
  readonly operator:
    | ("$set" | "$unset" | "$min" | "$max" | "$inc" | "$mul" | "$rename")
    | ("$push" | "$addToSet" | "$pop" | "$pull");
  readonly path: string;
  readonly operand: Model;
}

const COMPARISONS = ["$gt", "$gte", "$lt", "$lte", "$ne"] as const;
const updatePaths = ["a", "b", "a.b", "a.a", "a.0", "a.2", "a.b.a", "a.1.b", "d", "d.e"];

const generalSteps: fc.Arbitrary<UpdateStep> = fc
  .record({
    operator: fc.constantFrom<UpdateStep["operator"][]>(
      "$set",
      "$unset",
      "$min",
      "$max",
      "$push",
      "$addToSet",
      "$pop",
    ),
    path: fc.constantFrom(...updatePaths),
    operand: fc.oneof(denseScalars, plainValues),
  })
  .map((step) =>
    step.operator === "$pop" ? { ...step, operand: { type: "int", value: -1 } } : step,
  );

/** `$inc` and `$mul`; not for documents with a decimal at the path, see {@link combinedNumbers}. */
export const arithmeticSteps: fc.Arbitrary<UpdateStep> = fc.record({
  operator: fc.constantFrom("$inc" as const, "$mul" as const),
  path: fc.constantFrom(...updatePaths),
  operand: fc.constantFrom<Model>(
    { type: "int", value: -3 },
    { type: "int", value: 2 },
    { type: "int", value: 2 ** 31 - 1 },
    { type: "long", value: 2n },
    { type: "long", value: 2n ** 62n },
    { type: "double", value: 0.5 },
  ),
});

const pulls: fc.Arbitrary<UpdateStep> = fc.record({
  operator: fc.constant("$pull" as const),
  path: fc.constantFrom(...updatePaths),
  operand: fc.oneof(
    denseScalars,
    fc
      .tuple(fc.constantFrom(...COMPARISONS), denseScalars)
      .map((field): Model => ({ type: "object", fields: [field] })),
  ),
});

const renames: fc.Arbitrary<UpdateStep> = fc
  .record({
    operator: fc.constant("$rename" as const),
    path: fc.constantFrom(...updatePaths),
    operand: fc
      .constantFrom("b", "c", "d", "d.e", "a.2", "b.1")
      .map((text) => ({ type: "string" as const, text })),
  })
  .filter(({ path, operand }) => !`${path}.`.startsWith(`${operand.text}.`))
  .filter(({ path, operand }) => !`${operand.text}.`.startsWith(`${path}.`));

export const updateSteps: fc.Arbitrary<UpdateStep> = fc.oneof(
  { arbitrary: generalSteps, weight: 5 },
  { arbitrary: pulls, weight: 1 },
  { arbitrary: renames, weight: 1 },
);

class Refused extends Error {}

/** What a document becomes, or that the operator cannot be applied to it. */
export function updatedFields(
  fields: readonly Field[],
  step: UpdateStep,
): readonly Field[] | "refused" {
  try {
    const names = step.path.split(".");
    return step.operator === "$rename" && step.operand.type === "string"
      ? renamedFields(fields, names, step.operand.text.split("."))
      : changedFields(fields, names, step);
  } catch (error) {
    if (error instanceof Refused) return "refused";
    throw error;
  }
}

/** What the operator makes of a field; `undefined` is "no such field". */
function changed(current: Model | undefined, { operator, operand }: UpdateStep): Model | undefined {
  switch (operator) {
    case "$set":
      return operand;
    case "$unset":
      return undefined;
    case "$min":
      return current === undefined || compareModels(operand, current) < 0 ? operand : current;
    case "$max":
      return current === undefined || compareModels(operand, current) > 0 ? operand : current;
    case "$inc":
      return current === undefined ? operand : combined(operator, current, operand);
    case "$mul":
      return combined(operator, current ?? zeroLike(operand), operand);
    case "$push":
    case "$addToSet":
    case "$pop":
    case "$pull":
      return changedArray(current, { operator, operand });
    case "$rename":
      throw new TypeError("A rename has two paths");
  }
}

function combined(operator: "$inc" | "$mul", current: Model, operand: Model): Model {
  const result = combinedNumbers(operator, current, operand);
  if (result === "refused") throw new Refused();
  return result;
}

function changedArray(
  current: Model | undefined,
  { operator, operand }: Pick<UpdateStep, "operator" | "operand">,
): Model | undefined {
  if (current === undefined)
    return operator.startsWith("$p") && operator !== "$push"
      ? undefined
      : { type: "array", items: [operand] };
  if (current.type !== "array") throw new Refused();
  if (operator === "$pop") return { type: "array", items: current.items.slice(1) };
  if (operator === "$pull")
    return { type: "array", items: current.items.filter((item) => !isPulled(item, operand)) };
  const isKnown = current.items.some((item) => compareModels(item, operand) === 0);
  if (operator === "$addToSet" && isKnown) return current;
  return { type: "array", items: [...current.items, operand] };
}

/** An object stands for a condition, which `$pull` applies to each element. */
function isPulled(item: Model, operand: Model): boolean {
  if (operand.type !== "object") return compareModels(item, operand) === 0;
  return operand.fields.every(([name, value]) => {
    const operator = COMPARISONS.find((known) => known === name);
    if (operator === undefined) throw new TypeError(`${name} is no comparison`);
    const condition = { operator, operand: value };
    return modelMatches([["item", item]], { path: "item", condition });
  });
}

/** Neither path may lead through an array, and the target is where `$set` would put it. */
function renamedFields(
  fields: readonly Field[],
  from: readonly string[],
  to: readonly string[],
): readonly Field[] {
  const { value, isInArray } = located({ type: "object", fields }, from);
  if (value === undefined) return fields;
  if (isInArray || located({ type: "object", fields }, to).isInArray) throw new Refused();
  const operand: Model = { type: "null" };
  const rest = changedFields(fields, from, { operator: "$unset", path: "", operand });
  return changedFields(rest, to, { operator: "$set", path: "", operand: value });
}

function located(
  value: Model | undefined,
  names: readonly string[],
): { value: Model | undefined; isInArray: boolean } {
  const [name, ...rest] = names;
  if (name === undefined || value === undefined) return { value, isInArray: false };
  if (value.type === "object")
    return located(value.fields.find(([key]) => key === name)?.[1], rest);
  if (value.type !== "array" || !/^\d+$/.test(name)) throw new Refused();
  return { ...located(value.items[Number(name)], rest), isInArray: true };
}

function changedFields(
  fields: readonly Field[],
  names: readonly string[],
  step: UpdateStep,
): readonly Field[] {
  const [name = "", ...rest] = names;
  const old = fields.find(([key]) => key === name);
  const value = changedAt(old?.[1], rest, step);
  if (old === undefined) return value === undefined ? fields : [...fields, [name, value]];
  if (value === undefined) return fields.filter((field) => field !== old);
  return fields.map((field) => (field === old ? [name, value] : field));
}

function changedAt(
  current: Model | undefined,
  names: readonly string[],
  step: UpdateStep,
): Model | undefined {
  if (names.length === 0) return changed(current, step);
  if (current === undefined) {
    const fields = changedFields([], names, step);
    return fields.length === 0 ? undefined : { type: "object", fields };
  }
  if (current.type === "object")
    return { type: "object", fields: changedFields(current.fields, names, step) };
  const [name = "", ...rest] = names;
  if (current.type !== "array" || !/^\d+$/.test(name)) {
    if (step.operator !== "$unset") throw new Refused();
    return current;
  }
  return {
    type: "array",
    items: changedItems(current.items, Number(name), (item) => changedAt(item, rest, step)),
  };
}

function changedItems(
  items: readonly Model[],
  index: number,
  change: (item: Model | undefined) => Model | undefined,
): readonly Model[] {
  const value = change(items[index]);
  if (value === undefined && index >= items.length) return items;
  const padding = Array<Model>(Math.max(0, index - items.length)).fill({ type: "null" });
  return [...items, ...padding].toSpliced(index, 1, value ?? { type: "null" });
}
