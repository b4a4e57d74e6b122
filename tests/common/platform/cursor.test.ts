import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeCursor, encodeCursor } from "../../../common/platform/cursor.js";
import { InvalidCursorError } from "../../../common/platform/errors.js";
import { newId } from "../../../common/platform/ids.js";

const LIST = ["name", null, null];

describe("A cursor", () => {
  test("is read as it was written, and fits into a query", () => {
    const value = fc.oneof(fc.string({ unit: "binary", maxLength: 512 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(value, (given) => {
        const position = { value: given, id: newId() };
        const cursor = encodeCursor(LIST, position);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,4096}$/);
        expect(decodeCursor(LIST, typeof given as "string" | "number", cursor)).toEqual(position);
      }),
    );
  });

  test("counts for its own list only", () => {
    const cursor = encodeCursor(LIST, { value: "a", id: newId() });

    for (const other of [
      ["-name", null, null],
      ["name", "a", null],
      ["name", null, "a"],
    ]) {
      expect(() => decodeCursor(other, "string", cursor)).toThrow(InvalidCursorError);
    }
    expect(() => decodeCursor(LIST, "number", cursor)).toThrow(InvalidCursorError);
  });

  test("that somebody made up is refused, or only another position", () => {
    fc.assert(
      fc.property(fc.oneof(fc.base64String(), fc.json()), (text) => {
        const cursor = Buffer.from(text).toString("base64url");
        expect(() => decodeCursor(LIST, "string", cursor)).toThrow(InvalidCursorError);
      }),
    );
    const [print] = JSON.parse(
      Buffer.from(encodeCursor(LIST, { value: "a", id: newId() }), "base64url").toString(),
    ) as string[];
    for (const [value, id] of [
      [{ $gt: "" }, newId()],
      [1.5, newId()],
      ["a", "x"],
      ["a", { $ne: 1 }],
      [null, newId()],
    ]) {
      const cursor = Buffer.from(JSON.stringify([print, value, id])).toString("base64url");
      for (const type of ["string", "number"] as const) {
        expect(() => decodeCursor(LIST, type, cursor)).toThrow(InvalidCursorError);
      }
    }
  });
});
