import fc from "fast-check";
import { denseScalars, plainValues } from "./arbitraries.js";
import type { Field, Model } from "./model.js";
import { compareModels } from "./order.js";

/** One update operator on one path. */
export interface UpdateStep {
  readonly operator: "$set" | "$unset" | "$min" | "$max" | "$push" | "$addToSet" | "$pop";
  readonly path: string;
  readonly operand: Model;
}

export const updateSteps: fc.Arbitrary<UpdateStep> = fc
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
    path: fc.constantFrom("a", "b", "a.b", "a.a", "a.0", "a.2", "a.b.a", "a.1.b", "d", "d.e"),
    operand: fc.oneof(denseScalars, plainValues),
  })
  .map((step) =>
    step.operator === "$pop" ? { ...step, operand: { type: "int", value: -1 } } : step,
  );

class Refused extends Error {}

/** What a document becomes, or that the operator cannot be applied to it. */
export function updatedFields(
  fields: readonly Field[],
  step: UpdateStep,
): readonly Field[] | "refused" {
  try {
    return changedFields(fields, step.path.split("."), step);
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
    case "$push":
    case "$addToSet":
    case "$pop":
      return changedArray(current, { operator, operand });
  }
}

function changedArray(
  current: Model | undefined,
  { operator, operand }: Pick<UpdateStep, "operator" | "operand">,
): Model | undefined {
  if (current === undefined)
    return operator === "$pop" ? undefined : { type: "array", items: [operand] };
  if (current.type !== "array") throw new Refused();
  if (operator === "$pop") return { type: "array", items: current.items.slice(1) };
  const isKnown = current.items.some((item) => compareModels(item, operand) === 0);
  if (operator === "$addToSet" && isKnown) return current;
  return { type: "array", items: [...current.items, operand] };
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
