import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { groups } from "../../../common/operations/groups.js";
import { OPERATIONS, type Operation } from "../../../common/operations/operation.js";

const operation: fc.Arbitrary<Operation> = fc.record(
  {
    op: fc.constantFrom(...OPERATIONS),
    id: fc.constantFrom("a", "b", "c", "d"),
    name: fc.constantFrom("x", "y"),
    onConflict: fc.constantFrom("rename", "fail"),
  },
  { requiredKeys: ["op", "id"] },
) as fc.Arbitrary<Operation>;

describe("The groups of a list of operations", () => {
  test("are the list, in order, and nothing in a group depends on the rest of it", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const parted = groups(operations);
        expect(parted.flat()).toEqual(operations);
        for (const group of parted) {
          expect(new Set(group.map(({ op }) => op)).size).toBe(1);
          expect(new Set(group.map(({ id }) => id)).size).toBe(group.length);
          const isNaming = group.some(
            (one) => ["copy", "restore"].includes(one.op) || ("name" in one && one.op === "move"),
          );
          if (isNaming) expect(group).toHaveLength(1);
        }
      }),
    );
  });

  test("are large enough to save time", () => {
    const operations = Array.from(
      { length: 20 },
      (_, n) => ({ op: "delete", id: `${n}` }) as const,
    );

    expect(groups(operations).map(({ length }) => length)).toEqual([8, 8, 4]);
  });
});
