import fc from "fast-check";
import { denseFields } from "../model/arbitraries.js";
import type { IndexModel } from "../model/collection.js";
import type { KeyPart } from "../model/index-keys.js";
import type { Condition, Query } from "../model/matching.js";
import type { Field, Model } from "../model/model.js";
import type { Scenario, Step } from "./scenario.js";

/*
 * An index whose bounds cut off elements of an array, or whose keys cut off long values, does not give the order of
 * a sort by its fields. General scenarios rarely ask for just that.
 */

const directions = fc.constantFrom(1 as const, -1 as const);

/** By the leading fields of the indexes below. */
const orders: fc.Arbitrary<KeyPart[]> = fc
  .tuple(fc.constantFrom(["a"], ["a", "b"], ["b"]), directions)
  .map(([paths, direction]) => paths.map((path) => ({ path, direction })));

const indexes: fc.Arbitrary<IndexModel> = fc.constantFrom(["a"], ["a", "b"]).map((paths) => ({
  parts: paths.map((path) => ({ path, direction: 1 as const })),
  isUnique: false,
  isSparse: false,
  partial: undefined,
}));

const numbers = fc.integer({ min: 0, max: 3 }).map((value): Model => ({ type: "int", value }));

const arrays = fc
  .array(numbers, { minLength: 1, maxLength: 3 })
  .map((items): Model => ({ type: "array", items }));

const bounds: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ operator: fc.constantFrom("$gte" as const, "$lte", "$eq"), operand: numbers }),
  fc.record({ operator: fc.constant("$exists" as const), isWanted: fc.constant(true) }),
);

const finds: fc.Arbitrary<Step> = fc
  .record({ condition: bounds, sort: orders, limit: fc.constantFrom(0, 2) })
  .map(({ condition, sort, limit }): Step => {
    const query: Query = { path: "a", condition };
    const window = { skip: 0, limit, batchSize: 100, isTieBroken: false };
    return { kind: "find", query, sort, projection: undefined, ...window };
  });

/** Arrays under `a` and scalars under `b`: one array field is all that a compound index may have. */
const withArrays: fc.Arbitrary<Field[]> = fc
  .tuple(fc.oneof(arrays, numbers), numbers)
  .map(([a, b]) => [
    ["a", a],
    ["b", b],
  ]);

/** Longer than an index key can be, and different at the end only. */
function lengthened(value: Model): Model {
  return value.type === "int"
    ? { type: "string", text: "x".repeat(2000) + String(value.value) }
    : value;
}

const withLongValues: fc.Arbitrary<Field[]> = fc.tuple(numbers, numbers).map(([a, b]): Field[] => [
  ["a", lengthened(a)],
  ["b", b],
]);

export const sortingScenarios: fc.Arbitrary<Scenario> = fc
  .constantFrom(withArrays, withArrays, withLongValues, denseFields)
  .chain((documents) =>
    fc.record({
      documents: fc.array(documents, { minLength: 3, maxLength: 8, size: "max" }),
      indexes: indexes.map((index) => [index]),
      isBuiltLater: fc.boolean(),
      steps: fc.array(finds, { minLength: 1, maxLength: 6, size: "max" }),
    }),
  );
