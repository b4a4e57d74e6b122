import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { arrayValue, buildDocument } from "../../../embedded/mongo/bson/document.js";
import { objectValue } from "../../../embedded/mongo/bson/value.js";
import { CommandError } from "../../../embedded/mongo/errors.js";
import { compileUpdate } from "../../../embedded/mongo/update/update.js";
import { denseScalars, plainFields, plainValues } from "./model/arbitraries.js";
import { toBson, toDocument, type Field, type Model } from "./model/model.js";
import { compareModels } from "./model/order.js";

const SEED = { seed: 20_240_603 };

/** One operator on one path. */
interface Step {
  readonly operator: "$set" | "$unset" | "$min" | "$max" | "$push" | "$addToSet" | "$pop";
  readonly path: string;
  readonly operand: Model;
}

const steps: fc.Arbitrary<Step> = fc
  .record({
    operator: fc.constantFrom<Step["operator"][]>(
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

/** What the operator makes of a field; `undefined` is "no such field". */
function changed(current: Model | undefined, { operator, operand }: Step): Model | undefined {
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
  { operator, operand }: Pick<Step, "operator" | "operand">,
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
  step: Step,
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
  step: Step,
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
    if (changedAt(undefined, names, step) !== undefined) throw new Refused();
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

function reference(fields: readonly Field[], step: Step): Buffer | "refused" {
  try {
    return toDocument(changedFields(fields, step.path.split("."), step));
  } catch (error) {
    if (error instanceof Refused) return "refused";
    throw error;
  }
}

function actual(fields: readonly Field[], { operator, path, operand }: Step): Buffer | "refused" {
  const update = buildDocument([[operator, objectValue(buildDocument([[path, toBson(operand)]]))]]);
  try {
    return compileUpdate(objectValue(update)).apply(toDocument(fields), { now: new Date(0) })
      .document;
  } catch (error) {
    if (error instanceof CommandError) return "refused";
    throw error;
  }
}

describe("a random update", () => {
  test("makes of a random document what the reference makes of it, byte for byte", () => {
    fc.assert(
      fc.property(plainFields, steps, (fields, step) => {
        // `$addToSet` and `$push` read `{ $each }` only from operands with that name, which these have not.
        expect(actual(fields, step)).toEqual(reference(fields, step));
      }),
      { ...SEED, numRuns: 10_000 },
    );
  });

  test("of two fields does what one update after the other does", () => {
    fc.assert(
      fc.property(plainFields, denseScalars, fc.array(denseScalars), (fields, first, second) => {
        const both = buildDocument([
          [
            "$set",
            objectValue(
              buildDocument([
                ["x.y", toBson(first)],
                ["z", arrayValue(second.map(toBson))],
              ]),
            ),
          ],
        ]);
        const { document } = compileUpdate(objectValue(both)).apply(toDocument(fields), {
          now: new Date(0),
        });
        const expected: Field[] = [
          ...fields,
          ["x", { type: "object", fields: [["y", first]] }],
          ["z", { type: "array", items: second }],
        ];
        expect(document).toEqual(toDocument(expected));
      }),
      { ...SEED, numRuns: 300 },
    );
  });
});
