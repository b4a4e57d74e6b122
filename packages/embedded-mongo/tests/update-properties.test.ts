import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { arrayValue, buildDocument } from "../src/bson/document.js";
import { objectValue } from "../src/bson/value.js";
import { CommandError } from "../src/errors.js";
import { compileUpdate } from "../src/update/update.js";
import { denseScalars, plainFields } from "./model/arbitraries.js";
import { toBson, toDocument, type Field } from "./model/model.js";
import { updatedFields, updateSteps, type UpdateStep } from "./model/updating.js";

const SEED = { seed: 20_240_603 };

function reference(fields: readonly Field[], step: UpdateStep): Buffer | "refused" {
  const updated = updatedFields(fields, step);
  return updated === "refused" ? updated : toDocument(updated);
}

function actual(
  fields: readonly Field[],
  { operator, path, operand }: UpdateStep,
): Buffer | "refused" {
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
      fc.property(plainFields, updateSteps, (fields, step) => {
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
