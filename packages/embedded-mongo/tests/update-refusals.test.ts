import { describe, expect, test } from "@jest/globals";
import { Long, ObjectId } from "bson";
import { encodeDocument } from "../src/bson/document.js";
import { fromJs, objectValue } from "../src/bson/value.js";
import { CommandError } from "../src/errors.js";
import { compileFilter } from "../src/query/filter.js";
import { compileUpdate } from "../src/update/update.js";

type Fields = Record<string, unknown>;

const NOW = new Date("2024-06-01T12:00:00.123Z");

function applied(document: Fields, update: Fields) {
  return compileUpdate(objectValue(encodeDocument(update))).apply(encodeDocument(document), {
    now: NOW,
  });
}

function codeOf(act: () => unknown): number | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof CommandError ? error.code : -1;
  }
}

function upserted(filter: Fields, update: Fields): Buffer {
  return compileUpdate(objectValue(encodeDocument(update))).upsert(
    compileFilter(encodeDocument(filter)),
    { now: NOW },
    () => new ObjectId("0102030405060708090a0b0c"),
  );
}

describe("an update is refused", () => {
  test.each<[code: number, update: Fields]>([
    [9, { $nothing: { a: 1 } }],
    [9, { $constructor: { a: 1 } }],
    [9, { $set: 5 }],
    [9, { $set: { a: 1 }, b: 1 }],
    [9, { $bit: { a: { and: 1 } } }],
    [9, { $pop: { a: 2 } }],
    [52, { a: 1, $set: { b: 1 } }],
    [52, { $set: { "a.$b": 1 } }],
    [56, { $set: { "a.": 1 } }],
    [2, { $set: { "a.$[].b": 1 } }],
    [2, { $set: { "a.$[x].b": 1 } }],
    [2, { $set: { "$.b": 1 } }],
    [2, { $set: { "a.$.b.$": 1 } }],
    [14, { $inc: { a: "1" } }],
    [14, { $addToSet: { a: { $each: 1 } } }],
    [2, { $push: { a: { $each: 1 } } }],
    [2, { $push: { a: { $each: [], $foo: 1 } } }],
    [2, { $push: { a: { $each: [], $slice: 1.5 } } }],
    [2, { $push: { a: { $each: [], $sort: 2 } } }],
    [2, { $rename: { a: 1 } }],
    [2, { $rename: { a: "a" } }],
    [2, { $rename: { "a.$": "b" } }],
    [2, { $currentDate: { a: "date" } }],
    [40, { $set: { a: 1 }, $inc: { a: 1 } }],
    [40, { $set: { "a.b": 1 }, $unset: { a: 1 } }],
    [40, { $set: { a: 1, "a.b": 1 } }],
    [40, { $rename: { a: "a.b" } }],
  ])("with code %i: %j", (code, update) => {
    expect(codeOf(() => compileUpdate(objectValue(encodeDocument(update))))).toBe(code);
  });

  test("with code 9 when it is a pipeline", () => {
    expect(codeOf(() => compileUpdate(fromJs([{ $set: { a: 1 } }])))).toBe(9);
  });

  test.each<[code: number, before: Fields, update: Fields]>([
    [14, { a: "x" }, { $inc: { a: 1 } }],
    [14, { a: null }, { $mul: { a: 1 } }],
    [14, { a: 1 }, { $pop: { a: 1 } }],
    [2, { a: 1 }, { $push: { a: 1 } }],
    [2, { a: 1 }, { $addToSet: { a: 1 } }],
    [2, { a: 1 }, { $pull: { a: 1 } }],
    [28, { a: 1 }, { $pop: { "a.b": 1 } }],
    [28, { a: 1 }, { $pull: { "a.b.c": 1 } }],
    [28, { a: [{ b: [1] }] }, { $pop: { "a.b": 1 } }],
    [2, { a: Long.MAX_VALUE }, { $inc: { a: 1 } }],
    [2, { a: Long.MAX_VALUE }, { $mul: { a: 2 } }],
    [2, { a: [1] }, { $set: { "a.$": 1 } }],
    [2, { a: [] }, { $set: { "a.1500001": 1 } }],
    [2, { a: [{ b: 1 }] }, { $rename: { "a.0.b": "c" } }],
    [2, { a: 1, b: [1] }, { $rename: { a: "b.0" } }],
    [28, { a: 5 }, { $rename: { "a.b": "c" } }],
    [28, { a: [{ b: 1 }] }, { $rename: { "a.b": "c" } }],
    [28, { a: 1 }, { $set: { "a.b": 1 } }],
    [28, { a: null }, { $inc: { "a.b": 1 } }],
    [28, { a: [] }, { $set: { "a.b": 1 } }],
    [66, { _id: 1 }, { $set: { _id: 2 } }],
    [66, { _id: 1 }, { $unset: { _id: "" } }],
    [66, { _id: { a: 1 } }, { $set: { "_id.a": 2 } }],
    [66, { _id: 1 }, { _id: 2, a: 1 }],
    [10_334, { a: "x".repeat(9_000_000) }, { $set: { b: "x".repeat(9_000_000) } }],
  ])("with code %i on the document", (...[code, before, update]) => {
    expect(codeOf(() => applied(before, update))).toBe(code);
  });
});

describe("an upsert is refused", () => {
  test.each<[code: number, filter: Fields, update: Fields]>([
    [54, { a: 1, $and: [{ a: 1 }] }, { $set: { b: 1 } }],
    [54, { a: { b: 1 }, "a.b": 1 }, { $set: { c: 1 } }],
    [66, { _id: 1 }, { $set: { _id: 2 } }],
    [28, { a: 1 }, { $set: { "a.b": 1 } }],
  ])("with code %i: %j, %j", (code, filter, update) => {
    expect(codeOf(() => upserted(filter, update))).toBe(code);
  });
});
