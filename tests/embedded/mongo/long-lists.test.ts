import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  arrayValue,
  buildDocument,
  encodeDocument,
} from "../../../embedded/mongo/bson/document.js";
import { objectValue } from "../../../embedded/mongo/bson/value.js";
import { compileFilter } from "../../../embedded/mongo/query/filter.js";
import { plainFields, plainScalars } from "./model/arbitraries.js";
import { toBson, toDocument } from "./model/model.js";

const SEED = { seed: 20_240_608 };
const OVER = { isOver: true };

function among(values: readonly unknown[]) {
  return compileFilter(encodeDocument({ a: { $in: values } }));
}

describe("a $in with more values than are looked up in an index", () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index * 2);

  test("matches what is in it, and nothing else", () => {
    const filter = among([...numbers, null, /^x/]);

    expect(filter.matches(encodeDocument({ a: 39_998 }))).toBe(true);
    expect(filter.matches(encodeDocument({ a: 39_999 }))).toBe(false);
    expect(filter.matches(encodeDocument({ b: 1 }))).toBe(true);
    expect(filter.matches(encodeDocument({ a: "xy" }))).toBe(true);
    expect(filter.matches(encodeDocument({ a: [1, 4] }))).toBe(true);
  });

  test("is taken in bit by bit", () => {
    const filter = among(numbers);

    let turns = 1;
    while (!filter.prepare(OVER)) turns += 1;

    expect(turns).toBeGreaterThan(100);
    expect(filter.matches(encodeDocument({ a: 8 }))).toBe(true);
  });

  test.each<[what: string, last: unknown]>([
    ["an operator", { $gt: 1 }],
    ["a regular expression that is not supported", /(a)\1/],
  ])("is refused for %s at its end", (_, last) => {
    expect(() => among([...numbers, last])).toThrow();
  });
});

describe("a $or of many equalities", () => {
  test("matches what one of them matches", () => {
    const equalities = fc.array(fc.tuple(fc.constantFrom("a", "b", "a.b", "c.0"), plainScalars), {
      minLength: 60,
      maxLength: 100,
    });

    fc.assert(
      fc.property(equalities, fc.array(plainFields, { maxLength: 10 }), (branches, documents) => {
        const clauses = branches.map(([path, value]) => buildDocument([[path, toBson(value)]]));
        const list = arrayValue(clauses.map(objectValue));
        const joined = compileFilter(buildDocument([["$or", list]]));
        const single = clauses.map(compileFilter);

        for (const document of documents.map(toDocument))
          expect(joined.matches(document)).toBe(single.some((filter) => filter.matches(document)));
      }),
      { ...SEED, numRuns: 200 },
    );
  });
});
