import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseUrlPath } from "../../../api/by-path/url-path.js";
import { InvalidNameError } from "../../../common/entries/errors.js";
import { parseName } from "../../../common/entries/name.js";
import { parseFolderPath } from "../../../common/entries/path.js";
import { AppError, InvalidRequestError } from "../../../common/platform/errors.js";

const FIELD = { in: "query", pointer: "path" } as const;

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("é", "e\u0301", "ﬁ", "日本", "a b", "%2F", "+", "~", "...", "a.b", "؟"),
);
const names = texts.filter((text) => {
  try {
    return parseName(text).name !== "";
  } catch {
    return false;
  }
});
const paths = fc.array(names, { maxLength: 64 });

const inNfc = (given: readonly string[]) => given.map((name) => name.normalize("NFC"));
const encode = (given: readonly string[]) => given.map(encodeURIComponent).join("/");

describe("A path in a URL", () => {
  test("is read as the names that it was made of, in NFC", () => {
    fc.assert(
      fc.property(paths, (given) => {
        expect(parseUrlPath(encode(given)).names).toEqual(inNfc(given));
      }),
    );
  });

  test("is that of a folder only when it is empty or ends with one slash", () => {
    fc.assert(
      fc.property(paths, (given) => {
        const path = encode(given);
        expect(parseUrlPath(path).isFolderPath).toBe(given.length === 0);
        if (given.length === 0) return;
        expect(parseUrlPath(`${path}/`)).toEqual({ names: inNfc(given), isFolderPath: true });
        expect(() => parseUrlPath(`${path}//`)).toThrow(InvalidNameError);
      }),
    );
  });

  test("is read or refused for its form, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (given) => {
        try {
          const read = parseUrlPath(given);
          expect(read.names.map((name) => parseName(name).name)).toEqual(read.names);
          expect(parseUrlPath(encode(read.names)).names).toEqual(read.names);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).facts["errors"]).toMatchObject([{ in: "path" }]);
        }
      }),
    );
  });

  test.each([
    "a%2Fb",
    "a%2fb",
    "a%5Cb",
    "a\\b",
    "//",
    "/a",
    "a//b",
    ".",
    "a/../b",
    "%2e%2e",
    "%00",
  ])("is refused as the name that it has: %s", (path) => {
    expect(() => parseUrlPath(path)).toThrow(InvalidNameError);
  });

  test.each(["%", "%zz", "%ff", "%c3", "%ed%a0%80"])("is refused as malformed: %s", (path) => {
    expect(() => parseUrlPath(path)).toThrow(InvalidRequestError);
  });

  test("may lead through 64 folders to a file, not deeper", () => {
    const deep = (count: number) => Array.from({ length: count }, () => "a").join("/");

    expect(parseUrlPath(deep(65)).names).toHaveLength(65);
    expect(parseUrlPath(`${deep(64)}/`).names).toHaveLength(64);
    expect(() => parseUrlPath(deep(66))).toThrow("deeper than 64 folders");
    expect(() => parseUrlPath(`${deep(65)}/`)).toThrow("deeper than 64 folders");
  });
});

describe("The path of a folder", () => {
  test("is read with or without a slash at its ends", () => {
    fc.assert(
      fc.property(paths, fc.constantFrom("", "/"), fc.constantFrom("", "/"), (given, a, b) => {
        const path = given.length === 0 ? a : a + given.join("/") + b;
        expect(parseFolderPath(path, FIELD)).toEqual(inNfc(given));
      }),
    );
  });

  test.each(["//", "//a", "a//", "a//b", "../a", "a/.", "a\\b", "a/\u0000"])(
    "is refused with the field that has it: %j",
    (path) => {
      const parse = () => parseFolderPath(path, FIELD);

      expect(parse).toThrow(InvalidNameError);
      expect(parse).toThrow(
        expect.objectContaining({ facts: { errors: [expect.objectContaining(FIELD)] } }),
      );
    },
  );

  test("may have 64 names", () => {
    const deep = (count: number) => Array.from({ length: count }, () => "a").join("/");

    expect(parseFolderPath(deep(64), FIELD)).toHaveLength(64);
    expect(() => parseFolderPath(deep(65), FIELD)).toThrow("deeper than 64 folders");
  });
});
