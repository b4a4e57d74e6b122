import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fold, sortKey, sortKeyPrefix } from "../../../common/entries/folding.js";

/** Letters that fold, combine, decompose, expand, or depend on what stands behind them. */
const letters = fc.constantFrom(
  ...Array.from("aAzZ0 .-_éÉÅßẞſΣσςΏώİıŸÿŒœﬁĿŉ각한ᄒ𝐀😀\u0301\u0345"),
  ...Array.from("ΟΔΟΣИйЙÆ日本"),
);
const texts = fc.oneof(
  fc.string({ unit: letters, maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);

const bytes = (text: string) => Buffer.from(text);
const byKey = (a: string, b: string) => Buffer.compare(bytes(sortKey(a)), bytes(sortKey(b)));

/** Texts with many numbers, and what stands beside digits in ASCII. */
const names = fc.string({
  unit: fc.constantFrom(...Array.from("0012359ab:- \u00e9\u4e00")),
  maxLength: 24,
});

/** Compares as people do: numbers by their value, all else by UTF-8. */
function compareNaturally(a: string, b: string): number {
  const [left, right] = [tokensOf(a), tokensOf(b)];
  for (const [n, token] of left.entries()) {
    const other = right[n];
    if (other === undefined) return 1;
    const order = compareTokens(token, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const tokensOf = (text: string) => text.match(/[0-9]+|[^0-9]/gu) ?? [];
const isNumber = (token: string) => /^[0-9]/.test(token);

function compareTokens(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return Number(BigInt(a) - BigInt(b));
  return Buffer.compare(bytes(a), bytes(b));
}

describe("The sort key of a name", () => {
  test("puts numbers in the order of their values", () => {
    const names = [
      "a100",
      "a10",
      "b1",
      "a9",
      "a007",
      "a",
      "a-1",
      "a2b",
      "a2",
      "a123456789012",
      "a99999999999",
    ];

    expect(names.toSorted(byKey)).toEqual([
      ...["a", "a-1", "a2", "a2b", "a007", "a9", "a10", "a100"],
      ...["a99999999999", "a123456789012", "b1"],
    ]);
  });

  test("tells names apart that differ in leading zeros alone", () => {
    expect(["a001", "a1", "a01"].toSorted(byKey)).toEqual(["a1", "a01", "a001"]);
  });

  test("orders any two names as a comparison of their numbers does", () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        const expected = Math.sign(compareNaturally(a, b));

        if (expected !== 0) expect(Math.sign(byKey(a, b))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test("begins as the key of each of its beginnings says", () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        expect(sortKey(a + b).startsWith(sortKeyPrefix(a))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("has at most 512 bytes, and no half of a character", () => {
    const key = sortKey(fold("1\u4e00".repeat(200)));

    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(512);
    expect(key).not.toContain("\ufffd");
  });
});

describe("Folding", () => {
  test("is the same for texts that differ in letter case, accents and composition only", () => {
    for (const name of ["straße", "STRASSE", "strasse", "Straſse"])
      expect(fold(name)).toBe("strasse");
    for (const name of ["É", "é", "e\u0301", "E"]) expect(fold(name)).toBe("e");
    for (const name of ["ΟΔΟΣ", "οδος", "οδοσ"]) expect(fold(name)).toBe(fold("ΌΔΌΣ"));
  });

  test("folds what is folded already into itself, and cases alike", () => {
    fc.assert(
      fc.property(texts, (name) => {
        const key = fold(name);
        expect(fold(key)).toBe(key);
        expect(fold(name.normalize("NFD"))).toBe(key);
        // The iota below a vowel is an accent, and in capitals a letter.
        fc.pre(!name.normalize("NFD").includes("\u0345"));
        expect(fold(name.toUpperCase())).toBe(key);
      }),
    );
  });

  test("of the beginning of a name is the beginning of the name's", () => {
    fc.assert(
      fc.property(texts, texts, (beginning, rest) => {
        // A syllable, like a letter, is found by all of itself.
        fc.pre(!/[\u1100-\u11ff\uac00-\ud7ff]/.test(rest.slice(0, 2)));
        expect(fold(beginning + rest).startsWith(fold(beginning))).toBe(true);
      }),
    );
  });

  test("has at most 512 bytes, and no half character at its end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 100, maxLength: 1000 }), (name) => {
        const key = fold(name);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(512);
        expect(Buffer.from(key).toString()).toBe(key);
      }),
    );
  });
});

describe("A folded text", () => {
  test.each([
    ["\u00c4\u00e4\u0041\u0308", "aaa"],
    ["Stra\u00dfe STRASSE \u1e9e", "strasse strasse ss"],
    ["\u03a3\u03c2\u03c3", "\u03c3\u03c3\u03c3"],
    ["\ufb01le \uff21\uff11", "file a1"],
    ["\ud55c\uae00", "\ud55c\uae00"],
  ])("of %j is %j", (text, expected) => {
    expect(fold(text)).toBe(expected);
  });
});
