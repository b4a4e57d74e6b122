import { describe, expect, test } from "@jest/globals";
import { Decimal128, Double, EJSON, Int32, Long, ObjectId } from "bson";
import { decodeDocument, encodeDocument } from "../src/bson/document.js";
import { objectValue } from "../src/bson/value.js";
import { compileFilter } from "../src/query/filter.js";
import { compileUpdate } from "../src/update/update.js";

type Fields = Record<string, unknown>;

const NOW = new Date("2024-06-01T12:00:00.123Z");

function applied(document: Fields, update: Fields, position?: number) {
  return compileUpdate(objectValue(encodeDocument(update))).apply(
    encodeDocument(document),
    { now: NOW },
    { position },
  );
}

/** Extended JSON tells Int32, Long, Double and Decimal128 apart. */
function asText(document: Buffer): string {
  return EJSON.stringify(decodeDocument(document), { relaxed: false });
}

function upserted(filter: Fields, update: Fields): Buffer {
  return compileUpdate(objectValue(encodeDocument(update))).upsert(
    compileFilter(encodeDocument(filter)),
    { now: NOW },
    () => new ObjectId("0102030405060708090a0b0c"),
  );
}

describe("an update turns", () => {
  test.each<[title: string, before: Fields, update: Fields, after: Fields]>([
    [
      "$set of a new and an old field",
      { a: 1, b: 2 },
      { $set: { c: 3, a: 9 } },
      { a: 9, b: 2, c: 3 },
    ],
    ["$set inside what is not there", {}, { $set: { "a.b.c": 1 } }, { a: { b: { c: 1 } } }],
    [
      "$set beyond the end of an array",
      { a: [1] },
      { $set: { "a.3": 4 } },
      { a: [1, null, null, 4] },
    ],
    [
      "$set of new fields in the order of names",
      {},
      { $set: { b: 1, a: 2, 10: 3, 9: 4 } },
      { 9: 4, 10: 3, a: 2, b: 1 },
    ],
    ["$unset", { a: 1, b: { c: 1, d: 2 } }, { $unset: { a: "", "b.c": "" } }, { b: { d: 2 } }],
    ["$unset in an array to null", { a: [1, 2] }, { $unset: { "a.0": "" } }, { a: [null, 2] }],
    ["$inc of a missing field", {}, { $inc: { a: 5 } }, { a: 5 }],
    [
      "$inc of an Int32 over its end into a Long",
      { a: 2_147_483_647 },
      { $inc: { a: 1 } },
      { a: Long.fromNumber(2_147_483_648) },
    ],
    [
      "$inc of a Long by an Int32 exactly",
      { a: Long.fromString("9007199254740993") },
      { $inc: { a: 1 } },
      { a: Long.fromString("9007199254740994") },
    ],
    ["$inc by a double", { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
    [
      "$inc of an Int32 by a whole double",
      { a: 1 },
      { $inc: { a: new Double(1) } },
      { a: new Double(2) },
    ],
    [
      "$inc by a Decimal128",
      { a: 0.1 },
      { $inc: { a: Decimal128.fromString("0.2") } },
      { a: Decimal128.fromString("0.300000000000000") },
    ],
    ["$mul", { a: 3 }, { $mul: { a: 4 } }, { a: 12 }],
    [
      "$mul of a missing field to 0 of the operand's type",
      {},
      { $mul: { a: Long.fromNumber(4) } },
      { a: Long.fromNumber(0) },
    ],
    ["$min and $max", { a: 5, b: 5 }, { $min: { a: 3 }, $max: { b: 3 } }, { a: 3, b: 5 }],
    ["$max across types", { a: 5 }, { $max: { a: "x" } }, { a: "x" }],
    [
      "$rename",
      { a: 1, b: { c: 2 } },
      { $rename: { a: "x", "b.c": "b.d" } },
      { b: { d: 2 }, x: 1 },
    ],
    ["$rename over an existing field", { a: 1, b: 2 }, { $rename: { a: "b" } }, { b: 1 }],
    ["$rename of no element", { a: [1] }, { $rename: { "a.1": "b" } }, { a: [1] }],
    ["$rename of nothing into nothing", { b: 2 }, { $rename: { a: "b" } }, { b: 2 }],
    ["$currentDate", { a: 1 }, { $currentDate: { a: true } }, { a: NOW }],
    [
      "$setOnInsert on an existing document into nothing",
      { a: 1 },
      { $setOnInsert: { a: 2, b: 3 } },
      { a: 1 },
    ],
    ["$push", { a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }],
    ["$push of an array as one element", { a: [] }, { $push: { a: [1] } }, { a: [[1]] }],
    [
      "$push with $each, $position and $slice",
      { a: [1, 2] },
      { $push: { a: { $each: [8, 9], $position: 1, $slice: 3 } } },
      { a: [1, 8, 9] },
    ],
    [
      "$push with $position from the end",
      { a: [1, 2] },
      { $push: { a: { $each: [9], $position: -1 } } },
      { a: [1, 9, 2] },
    ],
    [
      "$push with $sort by field and the last ones kept",
      { a: [{ n: 3 }, { n: 1 }] },
      { $push: { a: { $each: [{ n: 2 }], $sort: { n: 1 }, $slice: -2 } } },
      { a: [{ n: 2 }, { n: 3 }] },
    ],
    [
      "$push with $sort by value",
      { a: [3, 1] },
      { $push: { a: { $each: [2], $sort: -1 } } },
      { a: [3, 2, 1] },
    ],
    ["$push with $slice 0", { a: [3, 1] }, { $push: { a: { $each: [], $slice: 0 } } }, { a: [] }],
    ["$addToSet", { a: [1] }, { $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1, 2] }],
    [
      "$addToSet with an equal number of another type into nothing",
      { a: [1] },
      { $addToSet: { a: Long.fromNumber(1) } },
      { a: [1] },
    ],
    [
      "$pop at both ends",
      { a: [1, 2, 3], b: [1, 2] },
      { $pop: { a: 1, b: -1 } },
      { a: [1, 2], b: [2] },
    ],
    [
      "$pull by value, condition and field",
      { a: [1, 2, 1], b: [1, 5], c: [{ x: 1, y: 1 }, { x: 2 }] },
      { $pull: { a: 1, b: { $gt: 3 }, c: { x: 1 } } },
      { a: [2], b: [1], c: [{ x: 2 }] },
    ],
    ["$pull by a list", { a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
    ["$pull and $pop of nothing", { b: 1 }, { $pull: { a: 1 }, $pop: { "c.d": 1 } }, { b: 1 }],
    ["$unset through a scalar into nothing", { a: 5 }, { $unset: { "a.b": "" } }, { a: 5 }],
    ["a replacement, with the old _id first", { _id: 7, a: 1 }, { b: 2 }, { _id: 7, b: 2 }],
    ["an operator without fields into nothing", { a: 1 }, { $set: {} }, { a: 1 }],
  ])("%s", (...[, before, update, after]) => {
    expect(asText(applied(before, update).document)).toBe(asText(encodeDocument(after)));
  });

  test("the matched element through the positional operator", () => {
    const before = {
      reservations: [
        { id: 1, bytes: 5 },
        { id: 2, bytes: 7 },
      ],
    };

    const { document } = applied(before, { $inc: { "reservations.$.bytes": 3 } }, 1);

    expect(asText(document)).toBe(
      asText(
        encodeDocument({
          reservations: [
            { id: 1, bytes: 5 },
            { id: 2, bytes: 10 },
          ],
        }),
      ),
    );
  });

  test("$currentDate with a type into a timestamp of that second", () => {
    const { document } = applied({}, { $currentDate: { a: { $type: "timestamp" } } });

    expect(asText(document)).toContain(`"t":${Math.floor(NOW.getTime() / 1000)}`);
  });
});

describe("an update leaves", () => {
  test("the bytes of untouched fields as they are", () => {
    const before = encodeDocument({
      d: new Double(3),
      l: Long.fromNumber(3),
      n: { "1": 1, "0": 0, x: new Int32(1) },
      a: 1,
    });
    const update = compileUpdate(objectValue(encodeDocument({ $set: { a: 2 } })));

    const { document, isChanged } = update.apply(before, { now: NOW });

    expect(isChanged).toBe(true);
    expect(
      document.subarray(4, document.length - 8).equals(before.subarray(4, before.length - 8)),
    ).toBe(true);
  });

  test.each<[Fields, Fields]>([
    [{ a: 1 }, { $set: { a: 1 } }],
    [{ a: 1 }, { $inc: { a: 0 } }],
    [{ a: [1] }, { $addToSet: { a: 1 } }],
    [{ a: { b: 1 } }, { $unset: { "a.c": "" } }],
    [{ _id: 1, a: 1 }, { a: 1 }],
  ])("%j unchanged by %j and says so", (before, update) => {
    expect(applied(before, update).isChanged).toBe(false);
  });

  test.each<[Fields, Fields]>([
    [{ a: 1 }, { $set: { a: new Double(1) } }],
    [{ a: 1 }, { $inc: { a: new Double(0) } }],
  ])("%j changed when only the type differs", (before, update) => {
    expect(applied(before, update).isChanged).toBe(true);
  });
});

describe("an upsert inserts", () => {
  const id = new ObjectId("0102030405060708090a0b0c");

  test.each<[title: string, filter: Fields, update: Fields, after: Fields]>([
    [
      "equalities, modifiers and a new _id",
      { a: 1, b: { $gt: 5 }, "c.d": 2 },
      { $inc: { n: 1 }, $setOnInsert: { s: 1 } },
      { _id: id, a: 1, c: { d: 2 }, n: 1, s: 1 },
    ],
    ["the _id of the filter first", { a: 1, _id: 5 }, { $set: { b: 1 } }, { _id: 5, a: 1, b: 1 }],
    ["the _id of the update", { a: 1 }, { $set: { _id: 6 } }, { _id: 6, a: 1 }],
    ["a replacement with only the filter's _id", { _id: 5, a: 1 }, { b: 1 }, { _id: 5, b: 1 }],
  ])("%s", (...[, filter, update, after]) => {
    expect(asText(upserted(filter, update))).toBe(asText(encodeDocument(after)));
  });
});
