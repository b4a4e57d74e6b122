import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodeDocument, joinElements, readElements } from "../src/bson/document.js";
import { stretchesOf } from "../src/bson/stretches.js";
import { compileKeys } from "../src/keys.js";
import { plainFields } from "./model/arbitraries.js";
import { toDocument } from "./model/model.js";

describe("The stretches of a document", () => {
  test("are its named fields, and everything else as it is, however many names there are", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "ab", "ä", "", "a.b"));
    const many = Array.from({ length: 20 }, (_, index) => `other${index}`);

    fc.assert(
      fc.property(plainFields, names, fc.boolean(), (fields, few, isLong) => {
        const document = toDocument(fields);
        const wanted = isLong ? [...few, ...many] : few;

        const stretches = [...stretchesOf(document, wanted)];

        expect(joinElements(stretches.map(({ raw }) => raw))).toEqual(document);
        expect(stretches.filter(({ name }) => name !== undefined)).toEqual(
          readElements(document).filter(({ name }) => wanted.includes(name)),
        );
      }),
      { seed: 20_240_609, numRuns: 500 },
    );
  });

  test("are few where few fields are named among many", () => {
    const fields = Array.from({ length: 5000 }, (_, index) => [`field${index}`, index] as const);
    const document = encodeDocument(Object.fromEntries(fields));

    expect([...stretchesOf(document, ["field7", "none"])]).toHaveLength(3);
    expect([...stretchesOf(document, [])]).toHaveLength(1);
    expect([...stretchesOf(encodeDocument({}), ["a"])]).toHaveLength(0);
  });
});

test("A document with more keys than an index takes of one is refused with 201", () => {
  const keysOf = compileKeys([{ path: "list", direction: 1 }]);
  const list = Array.from({ length: 100_001 }, (_, index) => index);

  expect(keysOf(encodeDocument({ list: list.slice(1) })).keys).toHaveLength(100_000);
  expect(() => keysOf(encodeDocument({ list }))).toThrow(expect.objectContaining({ code: 201 }));
});
