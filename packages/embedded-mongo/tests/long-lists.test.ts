import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { arrayValue, buildDocument, encodeDocument } from "../src/bson/document.js";
import { objectValue } from "../src/bson/value.js";
import { compileFilter, compileFilterSteps } from "../src/query/filter.js";
import { Computation, finish, PAUSE } from "../src/turn.js";
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

describe("a filter of many conditions", () => {
  const ranges = (count: number) =>
    encodeDocument({ $or: Array.from({ length: count }, (_, n) => ({ a: { $gt: n } })) });

  test("is parsed bit by bit", () => {
    const computation = new Computation(compileFilterSteps(ranges(20_000)));

    let turns = 1;
    let filter = computation.result(OVER);
    for (; filter === PAUSE; filter = computation.result(OVER)) turns += 1;

    expect(turns).toBeGreaterThan(20_000);
    expect(filter.matches(encodeDocument({ a: 1 }))).toBe(true);
    expect(filter.matches(encodeDocument({ a: 0 }))).toBe(false);
    expect(computation.result(OVER)).toBe(filter);
  });

  test("is refused with 2 when there are more than memory should be spent on", () => {
    expect(() => finish(compileFilterSteps(ranges(150_000)))).toThrow(
      expect.objectContaining({ code: 2 }),
    );
    expect(() => compileFilter(ranges(3000))).toThrow(expect.objectContaining({ code: 2 }));
  });

  test("that all must hold keeps those that no index is asked for", () => {
    const conditions = Array.from({ length: 6000 }, (_, n) => ({ a: { $gt: n } }));
    const filter = finish(compileFilterSteps(encodeDocument({ $and: conditions })));

    expect(filter.isCoveredByConstraints).toBe(false);
    expect(filter.matches(encodeDocument({ a: 5999 }))).toBe(false);
    expect(filter.matches(encodeDocument({ a: 6000 }))).toBe(true);
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
