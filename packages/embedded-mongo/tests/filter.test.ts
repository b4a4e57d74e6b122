import { describe, expect, test } from "@jest/globals";
import { BSONRegExp, Binary, Decimal128, Double, Long, MaxKey, MinKey, ObjectId } from "bson";
import { encodeDocument } from "../src/bson/document.js";
import { CommandError } from "../src/errors.js";
import { compileFilter, type MatchDetails } from "../src/query/filter.js";

type Fields = Record<string, unknown>;

function matches(filter: Fields, document: Fields): boolean {
  return compileFilter(encodeDocument(filter)).matches(encodeDocument(document));
}

function codeOf(filter: Fields): number | undefined {
  try {
    compileFilter(encodeDocument(filter));
    return undefined;
  } catch (error) {
    return error instanceof CommandError ? error.code : -1;
  }
}

const id = new ObjectId("0102030405060708090a0b0c");

describe("a filter matches", () => {
  test.each<[title: string, filter: Fields, document: Fields]>([
    ["numbers of other types that are equal", { a: 3 }, { a: Long.fromNumber(3) }],
    [
      "a Decimal128 by a double of the same value",
      { a: 0.5 },
      { a: Decimal128.fromString("0.50") },
    ],
    [
      "a Long above 2^53 exactly",
      { a: Long.fromString("9007199254740993") },
      { a: Long.fromString("9007199254740993") },
    ],
    ["an ObjectId", { _id: id }, { _id: new ObjectId(id.toHexString()) }],
    ["null by a missing field", { a: null }, { b: 1 }],
    ["null through a scalar on the way", { "a.b": null }, { a: 5 }],
    ["null in an element that lacks the field", { "a.b": null }, { a: [{ b: 1 }, {}] }],
    ["an array by one element", { a: 2 }, { a: [1, 2] }],
    ["an array as a whole", { a: [1, 2] }, { a: [1, 2] }],
    ["an array inside an array as a whole", { a: [1, 2] }, { a: [[1, 2], 3] }],
    ["a document with the same order of fields", { a: { x: 1, y: 2 } }, { a: { x: 1, y: 2 } }],
    ["a position in an array", { "a.1": 5 }, { a: [4, 5] }],
    ["a field named like a position", { "a.1": 5 }, { a: { 1: 5 } }],
    ["$gt within the type only", { a: { $gt: 1 } }, { a: [null, "x", 2] }],
    ["$gt MinKey by everything", { a: { $gt: new MinKey() } }, { a: "x" }],
    ["$lt MaxKey by everything", { a: { $lt: new MaxKey() } }, { a: { b: 1 } }],
    ["$gte null by a missing field", { a: { $gte: null } }, {}],
    ["$gte NaN by NaN", { a: { $gte: NaN } }, { a: NaN }],
    ["$in with null by a missing field", { a: { $in: [1, null] } }, {}],
    ["$in with a regular expression", { a: { $in: [/^x/] } }, { a: "xy" }],
    ["$nin by a missing field", { a: { $nin: [1] } }, {}],
    ["$ne when no element is equal", { a: { $ne: 3 } }, { a: [1, 2] }],
    ["$all in any order", { a: { $all: [2, 1] } }, { a: [1, 2, 3] }],
    ["$all on a scalar", { a: { $all: [1] } }, { a: 1 }],
    [
      "$all of $elemMatch",
      { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 2 } }] } },
      { a: [{ x: 1 }, { x: 2 }] },
    ],
    [
      "$elemMatch with one element for all",
      { a: { $elemMatch: { $gt: 1, $lt: 3 } } },
      { a: [0, 2, 4] },
    ],
    ["$size", { a: { $size: 0 } }, { a: [] }],
    ["$exists by null", { a: { $exists: true } }, { a: null }],
    ["$exists false", { "a.b": { $exists: false } }, { a: [{ c: 1 }] }],
    ["$type by alias of an element", { a: { $type: "objectId" } }, { a: [id] }],
    ["$type number", { a: { $type: "number" } }, { a: Decimal128.fromString("1") }],
    ["$type by code", { a: { $type: [4, 2] } }, { a: [] }],
    ["$mod of a fraction cut off", { a: { $mod: [4, 3] } }, { a: 7.9 }],
    ["$not of an operator by a missing field", { a: { $not: { $gt: 5 } } }, {}],
    ["$nor", { $nor: [{ a: 1 }, { b: 1 }] }, { a: 2 }],
    ["$and inside $or", { $or: [{ a: 9 }, { $and: [{ b: 1 }, { c: 2 }] }] }, { b: 1, c: 2 }],
    ["$expr between fields", { $expr: { $gt: ["$a", "$b"] } }, { a: 2, b: 1 }],
    ["$comment as nothing", { a: 1, $comment: "why" }, { a: 1 }],
    ["a DBRef as a value", { a: { $ref: "c", $id: 1 } }, { a: { $ref: "c", $id: 1 } }],
    [
      "a regular expression that is stored",
      { a: new BSONRegExp("x", "i") },
      { a: new BSONRegExp("x", "i") },
    ],
    ["the field of a prototype's name", { constructor: 1 }, { constructor: 1 }],
  ])("%s", (_title, filter, document) => {
    expect(matches(filter, document)).toBe(true);
  });
});

describe("a filter does not match", () => {
  test.each<[title: string, filter: Fields, document: Fields]>([
    [
      "a Long next to another above 2^53",
      { a: Long.fromString("9007199254740993") },
      { a: Long.fromString("9007199254740992") },
    ],
    ["a Decimal128 by a double that is only near", { a: 0.1 }, { a: Decimal128.fromString("0.1") }],
    [
      "bytes that differ but are no valid UTF-8",
      { a: new Binary(Uint8Array.of(0xff)) },
      { a: new Binary(Uint8Array.of(0xfe)) },
    ],
    [
      "bytes of another subtype",
      { a: new Binary(Uint8Array.of(1), 0) },
      { a: new Binary(Uint8Array.of(1), 128) },
    ],
    ["a document with another order of fields", { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }],
    ["null through elements that are no documents", { "a.b": null }, { a: [1, 2] }],
    ["a position inside an array at that position", { "a.0": 1 }, { a: [[1, 2]] }],
    ["$lt NaN", { a: { $lt: NaN } }, { a: 1 }],
    ["$lt a number by NaN", { a: { $lt: 1 } }, { a: NaN }],
    ["$lt by null", { a: { $lt: 1 } }, { a: null }],
    ["$ne when an element is equal", { a: { $ne: 2 } }, { a: [1, 2] }],
    ["$all of nothing", { a: { $all: [] } }, { a: [] }],
    [
      "$elemMatch with different elements",
      { a: { $elemMatch: { $gt: 1, $lt: 3 } } },
      { a: [0, 4] },
    ],
    ["$elemMatch on a scalar", { a: { $elemMatch: { $gt: 1 } } }, { a: 2 }],
    ["$size by a scalar", { a: { $size: 1 } }, { a: 1 }],
    ["$type array by an element that is none", { a: { $type: "array" } }, { a: 1 }],
  ])("%s", (_title, filter, document) => {
    expect(matches(filter, document)).toBe(false);
  });
});

describe("a filter is refused", () => {
  test.each<[code: number, filter: Fields]>([
    [2, { $where: "1" }],
    [2, { $text: { $search: "x" } }],
    [2, { $jsonSchema: {} }],
    [2, { a: { $near: [0, 0] } }],
    [2, { a: { $bitsAllSet: 1 } }],
    [2, { a: { $gt: 1, b: 2 } }],
    [2, { a: { $in: 1 } }],
    [2, { a: { $in: [{ $gt: 1 }] } }],
    [2, { a: { $size: -1 } }],
    [2, { a: { $size: 1.5 } }],
    [2, { a: { $mod: [0, 1] } }],
    [2, { a: { $mod: [2] } }],
    [2, { a: { $all: 1 } }],
    [2, { a: { $elemMatch: 1 } }],
    [2, { a: { $not: {} } }],
    [2, { a: { $not: 5 } }],
    [2, { a: { $ne: /x/ } }],
    [2, { a: { $gt: /x/ } }],
    [2, { a: { $options: "i" } }],
    [2, { a: { $type: "nothing" } }],
    [2, { a: { $type: "constructor" } }],
    [2, { a: { $type: 99 } }],
    [2, { $or: [] }],
    [2, { $and: {} }],
    [2, { $nor: [1] }],
    [2, { a: { $constructor: 1 } }],
    [168, { $expr: { $function: {} } }],
    [51_075, { a: { $regex: new BSONRegExp("x", "i"), $options: "m" } }],
    [51_091, { a: { $regex: "\\Ax" } }],
    [51_091, { a: { $regex: "a++" } }],
    [51_091, { a: { $regex: "(" } }],
    [51_108, { a: { $regex: "x", $options: "g" } }],
  ])("with code %i: %j", (code, filter) => {
    expect(codeOf(filter)).toBe(code);
  });
});

describe("the position for the positional operator", () => {
  test.each<[filter: Fields, document: Fields, position: number | undefined]>([
    [{ a: 2 }, { a: [1, 2] }, 1],
    [{ "a.b": 2 }, { a: [{ b: 1 }, { b: [2, 0] }] }, 1],
    [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1 }, { b: 1, c: 2 }] }, 1],
    [{ a: [1, 2] }, { a: [1, 2] }, undefined],
    [{ "a.0": 1 }, { a: [1] }, undefined],
    [{ a: 1, b: 3 }, { a: [1], b: [2, 3] }, 1],
    [{ a: { $ne: 5 } }, { a: [1] }, undefined],
  ])("of %j in %j is %j", (filter, document, position) => {
    const details: MatchDetails = { position: 77 };

    expect(compileFilter(encodeDocument(filter)).matches(encodeDocument(document), details)).toBe(
      true,
    );
    expect(details.position).toBe(position);
  });
});

describe("what a filter tells a planner", () => {
  test("a partial index of an equality serves a filter with that equality", () => {
    const partial = compileFilter(encodeDocument({ isTrashed: false }));

    expect(compileFilter(encodeDocument({ isTrashed: false, name: "x" })).implies(partial)).toBe(
      true,
    );
    expect(compileFilter(encodeDocument({ isTrashed: true })).implies(partial)).toBe(false);
    expect(
      compileFilter(encodeDocument({ $or: [{ isTrashed: false }, { b: 1 }] })).implies(partial),
    ).toBe(false);
    expect(compileFilter(encodeDocument({ isTrashed: { $ne: true } })).implies(partial)).toBe(
      false,
    );
  });

  test("a narrower range implies a wider one, and a present value implies $exists", () => {
    const wide = compileFilter(encodeDocument({ n: { $gt: new Double(3) } }));
    const present = compileFilter(encodeDocument({ n: { $exists: true } }));

    expect(compileFilter(encodeDocument({ n: { $gte: 4, $lt: 9 } })).implies(wide)).toBe(true);
    expect(compileFilter(encodeDocument({ n: { $gte: 3 } })).implies(wide)).toBe(false);
    expect(compileFilter(encodeDocument({ n: 1 })).implies(present)).toBe(true);
    expect(compileFilter(encodeDocument({ n: null })).implies(present)).toBe(false);
  });

  test("an anchored regular expression bounds the strings that begin so", () => {
    const [constraint] = compileFilter(encodeDocument({ n: /^ab\.c?d/ })).constraints;
    const [strings] = constraint?.ranges ?? [];

    expect(strings?.start.toString("latin1", 1)).toBe("ab.");
    expect(constraint?.isExact).toBe(false);
  });

  test("the equalities are those that an upsert takes over", () => {
    const { equalities } = compileFilter(
      encodeDocument({
        a: 1,
        b: { $eq: 2, $gt: 0 },
        $and: [{ c: 3 }],
        d: { $gt: 4 },
        e: /x/,
        $or: [{ f: 1 }, { g: 1 }],
      }),
    );

    expect(equalities.map(({ path }) => path)).toEqual(["a", "b", "c"]);
  });
});
