import { describe, expect, test } from "@jest/globals";
import { EJSON } from "bson";
import { decodeDocument, encodeDocument } from "../src/bson/document.js";
import { CommandError } from "../src/errors.js";
import { compileProjection } from "../src/projection/projection.js";
import { compileFilter, type MatchDetails } from "../src/query/filter.js";

type Fields = Record<string, unknown>;

function asText(document: Buffer): string {
  return EJSON.stringify(decodeDocument(document), { relaxed: false });
}

function projected(projection: Fields, document: Fields, filter: Fields = {}): string {
  const raw = encodeDocument(document);
  const match: MatchDetails = {};
  expect(compileFilter(encodeDocument(filter)).matches(raw, match)).toBe(true);
  const project = compileProjection(encodeDocument(projection), encodeDocument(filter));
  return asText(project(raw, match));
}

describe("a projection gives", () => {
  test.each<[title: string, projection: Fields, document: Fields, result: Fields]>([
    ["everything for {}", {}, { _id: 1, a: 1 }, { _id: 1, a: 1 }],
    [
      "named fields and _id, in the document's order",
      { b: 1, a: 1 },
      { _id: 1, a: 1, b: 2, c: 3 },
      { _id: 1, a: 1, b: 2 },
    ],
    ["named fields without _id", { a: 1, _id: 0 }, { _id: 1, a: 1, b: 2 }, { a: 1 }],
    ["only _id", { _id: 1 }, { _id: 1, a: 1 }, { _id: 1 }],
    ["all but _id", { _id: 0 }, { _id: 1, a: 1 }, { a: 1 }],
    [
      "all but named fields",
      { a: 0, "b.c": false },
      { _id: 1, a: 1, b: { c: 1, d: 2 }, e: 1 },
      { _id: 1, b: { d: 2 }, e: 1 },
    ],
    [
      "fields inside arrays, without scalars",
      { "a.b": 1 },
      { a: [{ b: 1, c: 2 }, 5, { c: 3 }, [{ b: 4 }]] },
      { a: [{ b: 1 }, {}, [{ b: 4 }]] },
    ],
    ["what is left inside arrays", { "a.b": 0 }, { a: [{ b: 1, c: 2 }, 5] }, { a: [{ c: 2 }, 5] }],
    ["nothing for a scalar on the way in", { "a.b": 1 }, { _id: 1, a: 5 }, { _id: 1 }],
    ["nested notation", { a: { b: 1 } }, { _id: 1, a: { b: 1, c: 2 } }, { _id: 1, a: { b: 1 } }],
    ["the first elements", { a: { $slice: 2 } }, { a: [1, 2, 3], b: 1 }, { a: [1, 2], b: 1 }],
    ["the last elements", { a: { $slice: -2 } }, { a: [1, 2, 3] }, { a: [2, 3] }],
    ["a window of elements", { a: { $slice: [1, 1] } }, { a: [1, 2, 3] }, { a: [2] }],
    ["a window from the end", { a: { $slice: [-5, 2] } }, { a: [1, 2, 3] }, { a: [1, 2] }],
    [
      "a slice in an inclusion",
      { a: { $slice: 1 }, b: 1 },
      { _id: 1, a: [1, 2], b: 1, c: 1 },
      { _id: 1, a: [1], b: 1 },
    ],
    [
      "the first element that matches",
      { a: { $elemMatch: { x: { $gt: 1 } } } },
      { _id: 1, a: [{ x: 1 }, { x: 2 }, { x: 3 }], b: 1 },
      { _id: 1, a: [{ x: 2 }] },
    ],
    [
      "no array without a matching element",
      { a: { $elemMatch: { $gt: 9 } } },
      { _id: 1, a: [1] },
      { _id: 1 },
    ],
    [
      "the first element that matches behind the other fields",
      { a: { $elemMatch: { $gt: 1 } }, b: 1, _id: 0 },
      { _id: 1, a: [1, 2], b: 3, c: 4 },
      { b: 3, a: [2] },
    ],
    [
      "the first element that matches in its place when other fields are excluded",
      { a: { $elemMatch: { $gt: 1 } }, b: 0 },
      { _id: 1, a: [1, 2], b: 3, c: 4 },
      { _id: 1, a: [2], c: 4 },
    ],
    [
      "all other fields when there is $slice beside $elemMatch",
      { a: { $elemMatch: { $gt: 1 } }, b: { $slice: 1 } },
      { _id: 1, a: [1, 2], b: [3, 4], c: 5 },
      { _id: 1, a: [2], b: [3], c: 5 },
    ],
    [
      "computed fields last",
      { z: { $add: ["$a", 1] }, a: 1 },
      { _id: 1, a: 1 },
      { _id: 1, a: 1, z: 2 },
    ],
    ["a path as a new field", { x: "$a.b" }, { _id: 1, a: { b: 1 } }, { _id: 1, x: 1 }],
  ])("%s", (...[, projection, document, result]) => {
    expect(projected(projection, document)).toBe(asText(encodeDocument(result)));
  });

  test("the element that the filter matched", () => {
    const document = { _id: 1, a: [{ b: 1 }, { b: 2 }], c: 1 };

    expect(projected({ "a.$": 1 }, document, { "a.b": 2 })).toBe(
      asText(encodeDocument({ _id: 1, a: [{ b: 2 }] })),
    );
  });
});

describe("a projection is refused", () => {
  test.each<[code: number, projection: Fields]>([
    [31_254, { a: 1, b: 0 }],
    [31_253, { a: 0, b: 1 }],
    [31_249, { a: 1, "a.b": 1 }],
    [31_250, { "a.b": 1, a: 1 }],
    [40_352, { "a..b": 1 }],
    [16_410, { "a.$b": 1 }],
    [28_724, { a: { $slice: "x" } }],
    [28_724, { a: { $slice: [1, 2, 3] } }],
    [28_729, { a: { $slice: [1, 0] } }],
    [51_270, { a: {} }],
    [168, { a: { $meta: "textScore" } }],
    [31_274, { a: { $elemMatch: 1 } }],
    [31_275, { "a.b": { $elemMatch: { $gt: 1 } } }],
    [31_255, { "b.$": 1, a: { $elemMatch: { $gt: 1 } } }],
    [31_256, { a: { $elemMatch: { $gt: 1 } }, "b.$": 1 }],
    [31_271, { "b.$": { $slice: 1 } }],
    [31_276, { "a.$": 1, "b.$": 1 }],
    [31_277, { "a.$": 1 }],
    [31_308, { "b.$": "x" }],
    [16_410, { "b.$": 0 }],
  ])("with code %i: %j", (code, projection) => {
    let thrown: unknown;
    try {
      compileProjection(encodeDocument(projection), encodeDocument({ $or: [{ "b.c": 1 }] }));
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(CommandError);
    expect(thrown).toMatchObject({ code });
  });

  test("with code 51246 when the positional operator has no element", () => {
    const filter = encodeDocument({ a: { $ne: 2 } });
    const project = compileProjection(encodeDocument({ "a.$": 1 }), filter);

    expect(() => project(encodeDocument({ a: [1] }), {})).toThrow(
      expect.objectContaining({ code: 51_246 }),
    );
  });
});
