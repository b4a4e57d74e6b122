import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeDocument, encodeDocument } from "../src/bson/document.js";
import { CommandError } from "../src/errors.js";
import { compileKeys } from "../src/keys.js";
import { MemoryBudget } from "../src/memory-budget.js";
import { compileSort } from "../src/sort.js";
import { Sorter } from "../src/sorter.js";
import { PAUSE } from "../src/turn.js";
import { denseFields, plainValues, values } from "./model/arbitraries.js";
import { toDocument, type Model } from "./model/model.js";
import { compareModels } from "./model/order.js";
import { sorted } from "./sorted.js";

type Fields = Record<string, unknown>;

const SEED = { seed: 20_240_604 };

function sortedBy(sort: Fields, documents: readonly Fields[]): unknown[] {
  const found = sorted(compileSort(encodeDocument(sort)), documents.map(encodeDocument));
  return found.map((document) => Number(decodeDocument(document)["_id"]));
}

/** What an array or a missing field counts as in a sort. */
function representative(value: Model | undefined, direction: 1 | -1): Model {
  if (value === undefined) return { type: "null" };
  if (value.type !== "array") return value;
  const ordered = [...value.items].sort((a, b) => direction * compareModels(a, b));
  return ordered[0] ?? { type: "undefined" };
}

describe("a sort", () => {
  test.each<[title: string, sort: Fields, documents: Fields[], ids: number[]]>([
    [
      "by two fields",
      { a: 1, b: -1 },
      [
        { _id: 1, a: 1, b: 1 },
        { _id: 2, a: 1, b: 2 },
        { _id: 3, a: 0, b: 0 },
      ],
      [3, 2, 1],
    ],
    [
      "takes the smallest element of an array when rising",
      { a: 1 },
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: 2 },
      ],
      [1, 2],
    ],
    [
      "takes the largest element of an array when falling",
      { a: -1 },
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: 3 },
      ],
      [1, 2],
    ],
    [
      "puts missing fields with null, before numbers",
      { a: 1 },
      [{ _id: 1, a: 0 }, { _id: 2 }, { _id: 3, a: null }],
      [2, 3, 1],
    ],
    [
      "puts an empty array before null",
      { a: 1 },
      [
        { _id: 1, a: null },
        { _id: 2, a: [] },
      ],
      [2, 1],
    ],
    [
      "looks into documents of an array",
      { "a.b": -1 },
      [
        { _id: 1, a: [{ b: 1 }] },
        { _id: 2, a: [{ b: 0 }, { b: 2 }] },
      ],
      [2, 1],
    ],
    [
      "keeps the order of equal documents",
      { a: 1 },
      [
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
        { _id: 3, a: 1 },
      ],
      [1, 2, 3],
    ],
  ])("%s", (...[, sort, documents, ids]) => {
    expect(sortedBy(sort, documents)).toEqual(ids);
  });

  test("of values of all types is that of the reference, in both directions", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(values, plainValues), { maxLength: 12 }),
        fc.constantFrom<(1 | -1)[]>(1, -1),
        (all, direction) => {
          const { key } = compileSort(encodeDocument({ a: direction }));
          const keyOf = (value: Model) => key(toDocument([["a", value]]));
          const expected = [...all].sort(
            (a, b) =>
              direction * compareModels(representative(a, direction), representative(b, direction)),
          );
          const sorted = [...all].sort((a, b) => keyOf(a).compare(keyOf(b)));
          expect(sorted.map(keyOf)).toEqual(expected.map(keyOf));
        },
      ),
      { ...SEED, numRuns: 500 },
    );
  });

  test("with a limit gives the beginning of the whole order", () => {
    fc.assert(
      fc.property(
        fc.array(denseFields, { maxLength: 200 }),
        fc.integer({ min: 1, max: 5 }),
        (all, limit) => {
          const sort = compileSort(encodeDocument({ b: 1 }));
          const documents = all.map(toDocument);
          expect(sorted(sort, documents, { limit })).toEqual(
            sorted(sort, documents).slice(0, limit),
          );
        },
      ),
      { ...SEED, numRuns: 100 },
    );
  });

  test("is refused with 292 beyond its memory, unless a limit keeps it small", () => {
    const document = encodeDocument({ a: "x".repeat(1_000) });
    const sort = compileSort(encodeDocument({ a: 1 }));
    const documents = Array.from({ length: 100 }, () => document);

    const budget = new MemoryBudget(50_000);
    const memory = budget.share();
    expect(() => sorted(sort, documents, { memory })).toThrow(
      expect.objectContaining({ code: 292 }),
    );
    memory.release();
    expect(sorted(sort, documents, { memory: budget.share(), limit: 10 })).toHaveLength(10);
  });

  test("rests while it puts many documents into order", () => {
    const sorter = new Sorter(compileSort(encodeDocument({ a: 1 })));
    for (let a = 0; a < 5000; a += 1) sorter.add(encodeDocument({ a }));

    let rests = 0;
    while (sorter.next({ isOver: true }) === PAUSE) rests += 1;

    expect(rests).toBeGreaterThan(5);
  });

  test("of more documents than are put into order in one go is one order, and stable", () => {
    const documents = Array.from({ length: 5000 }, (_, index) => ({
      _id: index,
      a: (index * 7919) % 100,
    }));
    const expected = [...documents].sort((a, b) => a.a - b.a).map(({ _id }) => _id);

    expect(sortedBy({ a: 1 }, documents)).toEqual(expected);
    const sort = compileSort(encodeDocument({ a: 1 }));
    const first = sorted(sort, documents.map(encodeDocument), { limit: 1500 });
    expect(first.map((document) => Number(decodeDocument(document)["_id"]))).toEqual(
      expected.slice(0, 1500),
    );
  });

  test.each<[code: number, sort: Fields]>([
    [15_975, { a: 2 }],
    [15_975, { a: "asc" }],
    [15_976, {}],
    [2, { a: { $meta: "textScore" } }],
    [16_410, { $a: 1 }],
    [40_352, { "a.": 1 }],
    [13_103, Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`f${index}`, 1]))],
  ])("is refused with code %i: %j", (code, sort) => {
    expect(() => compileSort(encodeDocument(sort))).toThrow(expect.objectContaining({ code }));
  });

  test("by two different arrays is refused with 2", () => {
    const { key } = compileSort(encodeDocument({ a: 1, b: 1 }));

    expect(() => key(encodeDocument({ a: [1], b: [2] }))).toThrow(
      expect.objectContaining({ code: 2 }),
    );
  });
});

describe("the keys of a document", () => {
  const keysOf = (paths: string[], document: Fields) =>
    compileKeys(paths.map((path) => ({ path, direction: 1 })))(encodeDocument(document));
  const plain = (fields: Fields) => keysOf(Object.keys(fields), fields).keys[0];

  test("expand an array, each element once", () => {
    const { keys, isMultikey } = keysOf(["a"], { a: [2, 1, 2] });

    expect(isMultikey).toBe(true);
    expect(keys).toEqual([plain({ a: 1 }), plain({ a: 2 })]);
  });

  test("keep fields of one element together", () => {
    const { keys } = keysOf(["a.b", "a.c"], { a: [{ b: 1, c: 2 }, { b: 3 }] });

    expect(keys).toEqual([plain({ b: 1, c: 2 }), plain({ b: 3, c: null })]);
  });

  test("say whether any field is there", () => {
    expect(keysOf(["a", "b"], { c: 1 }).hasAnyField).toBe(false);
    expect(keysOf(["a", "b"], { b: null }).hasAnyField).toBe(true);
    expect(keysOf(["a"], { a: [] }).hasAnyField).toBe(true);
  });

  test("are not expanded from an array inside an array", () => {
    expect(keysOf(["a"], { a: [[1, 2]] }).keys).toHaveLength(1);
  });

  test("follow a number into an array", () => {
    expect(keysOf(["a.1"], { a: [5, 6] })).toMatchObject({
      keys: [plain({ x: 6 })],
      isMultikey: false,
    });
  });

  test("are refused for two arrays, and for a number with two meanings", () => {
    const codeOf = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error instanceof CommandError ? error.code : error;
      }
    };

    expect(codeOf(() => keysOf(["a", "b"], { a: [1], b: [2] }))).toBe(171);
    expect(codeOf(() => keysOf(["a.0"], { a: [{ 0: 1 }] }))).toBe(16_746);
  });
});
