import fc from "fast-check";
import { denseScalars } from "../model/arbitraries.js";
import type { ProjectedPart, Projection } from "../model/projecting.js";

/** For `find` and `$project`. */
export const projections: fc.Arbitrary<Projection> = fc.record({
  isInclusion: fc.boolean(),
  paths: fc.oneof(
    fc.subarray(["a", "b", "c"], { minLength: 1 }),
    fc.subarray(["a.a", "a.b", "b"], { minLength: 1 }),
  ),
});

const parts: fc.Arbitrary<ProjectedPart> = fc.oneof(
  fc.record({
    field: fc.constantFrom("a", "b", "c"),
    count: fc.constantFrom(1, 2, -1, -2),
  }),
  fc.record({
    field: fc.constantFrom("a", "b", "c"),
    condition: fc.record({
      operator: fc.constantFrom("$eq" as const, "$gt", "$gte", "$lt", "$lte"),
      operand: denseScalars,
    }),
  }),
);

/** With `$slice` and `$elemMatch`, which only `find` knows. */
export const findProjections: fc.Arbitrary<Projection> = fc
  .tuple(projections, fc.option(parts, { nil: undefined }))
  .map(([projection, part]) => {
    const isNamed = projection.paths.some((path) => path.split(".")[0] === part?.field);
    return isNamed ? projection : { ...projection, part };
  });
