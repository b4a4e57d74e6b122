import fc from "fast-check";
import type { Stage } from "../model/aggregating.js";
import { projections } from "./projections.js";

const counts = fc.integer({ min: 0, max: 4 });

const middleStages: fc.Arbitrary<Stage> = fc.oneof(
  fc.record({ stage: fc.constant("$skip" as const), count: counts }),
  fc.record({ stage: fc.constant("$limit" as const), count: counts.map((count) => count + 1) }),
  fc.record({ stage: fc.constant("$project" as const), projection: projections }),
  fc.record({
    stage: fc.constant("$unwind" as const),
    field: fc.constantFrom("a", "b"),
    keepsEmpty: fc.boolean(),
  }),
);

const lastStages: fc.Arbitrary<Stage> = fc.oneof(
  fc.record({ stage: fc.constant("$count" as const) }),
  fc.record({
    stage: fc.constant("$group" as const),
    by: fc.constantFrom("a", "b", "c"),
    field: fc.constantFrom("a", "b"),
  }),
);

export const stages: fc.Arbitrary<Stage[]> = fc
  .tuple(fc.array(middleStages, { maxLength: 2 }), fc.array(lastStages, { maxLength: 1 }))
  .map((parts) => parts.flat());
