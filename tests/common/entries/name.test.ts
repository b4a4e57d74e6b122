import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { lastPathSegment, numberedName, parseName } from "../../../common/entries/name.js";

/** Letters that fold, combine, decompose, expand, or depend on what stands behind them. */
const letters = fc.constantFrom(
  ...Array.from("aAzZ0 .-_éÉÅßẞſΣσςΏώİıŸÿŒœﬁĿŉ각한ᄒ𝐀😀\u0301\u0345"),
  ...Array.from("ΟΔΟΣИйЙÆ日本"),
);
const texts = fc.oneof(
  fc.string({ unit: letters, maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);

describe("parseName", () => {
  test("takes a name again as it has stored it", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const parsed = tryParse(given);
        if (parsed === undefined) return;
        expect(tryParse(parsed.name)).toEqual(parsed);
        expect(Buffer.byteLength(parsed.name)).toBeLessThanOrEqual(255);
      }),
    );
  });

  test.each(Array.from({ length: 0x20 }, (_, code) => code).concat(0x7f, 0x85, 0x2f, 0x5c, 0x202e))(
    "refuses a name with the character %i",
    (code) => {
      expect(() => parseName(`a${String.fromCharCode(code)}b`)).toThrow("The name has");
    },
  );
});

describe("numberedName", () => {
  test.each([
    ["a.txt", 2, "a (2).txt"],
    ["a", 10, "a (10)"],
    [".htaccess", 2, ".htaccess (2)"],
    ["a.tar.gz", 3, "a.tar (3).gz"],
    [`a.${"x".repeat(40)}`, 2, `a.${"x".repeat(40)} (2)`],
    [`${"ü".repeat(125)}.txt`, 2, `${"ü".repeat(123)} (2).txt`],
  ])("puts a number into %s: %i", (name, number, expected) => {
    expect(numberedName(name, number).name).toBe(expected);
  });

  test("gives a name that can be stored, another for each number", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 1_000_000 }), (given, number) => {
        const parsed = tryParse(given);
        if (parsed === undefined) return;
        const { name } = numberedName(parsed.name, number);
        expect(parseName(name).name).toBe(name);
        expect(name).not.toBe(numberedName(parsed.name, number + 1).name);
      }),
    );
  });
});

describe("lastPathSegment", () => {
  test.each([
    ["a", "a"],
    ["C:\\fakepath\\a.txt", "a.txt"],
    ["/etc/passwd", "passwd"],
    ["a/b\\c", "c"],
    ["a/", ""],
    ["", ""],
  ])("of %j is %j", (path, expected) => {
    expect(lastPathSegment(path)).toBe(expected);
  });
});

function tryParse(name: string) {
  try {
    return parseName(name);
  } catch {
    return undefined;
  }
}
