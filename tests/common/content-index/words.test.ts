import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  collectWords,
  hasTooLongWord,
  MOST_WORDS,
  wordsOf,
} from "../../../common/content-index/words.js";
import { fold } from "../../../common/entries/folding.js";

const never = new AbortController().signal;

const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Letters of scripts with spaces, in all their forms. */
const letters = fc
  .stringMatching(/^[\p{L}\p{N}\p{M}]{1,70}$/u)
  .filter((text) => !UNSPACED.test(text.normalize("NFKC")));
/** Some symbols are letters in another form. */
const between = fc
  .stringMatching(/^[\p{P}\p{S}\p{Z}\n\t]{1,5}$/u)
  .filter((text) => !/[\p{L}\p{N}\p{M}]/u.test(text.normalize("NFKC")));

describe("The words of a text", () => {
  test("are found by each of them, written in any form, and have 2 to 64 characters", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(letters, between), { maxLength: 20 }), (parts) => {
        const words = new Set(wordsOf(parts.flat().join("")));

        for (const word of words) {
          expect(Array.from(word).length).toBeGreaterThanOrEqual(2);
          expect(Array.from(word).length).toBeLessThanOrEqual(64);
        }
        for (const [text] of parts) {
          for (const form of [text, text.normalize("NFD"), text.normalize("NFKC"), fold(text)])
            expect([form, [...wordsOf(form)].filter((word) => !words.has(word))]).toEqual([
              form,
              [],
            ]);
        }
      }),
    );
  });

  test.each([
    ["It's 5 o'clock", ["it", "clock"]],
    ["Ｆｕｌｌ ﬁne ½x naïve STRASSE", ["full", "fine", "2x", "naive", "strasse"]],
    ["x".repeat(64) + " " + "y".repeat(65), ["x".repeat(64)]],
    ["snake_case camelCase v1.25", ["snake", "case", "camelcase", "v1", "25"]],
    ["東京と猫", ["東京", "と", "猫"]],
    ["!!", []],
  ])("%j are these", (text, words) => {
    expect([...wordsOf(text)]).toEqual(words);
    expect(hasTooLongWord(text)).toBe(text.includes("y".repeat(65)));
  });

  test("are the same however long the text is, and whatever it is cut into", async () => {
    const word = fc.constantFrom("alpha", "Béta", "γάμμα", "今日は東京で", "дом", "x1");
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 300 }), fc.nat(40_000), async (words, gap) => {
        const text = words.join(" ") + " ".repeat(gap) + words.join("\n").repeat(20);

        const collected = await collectWords([text], never);

        expect(collected).toEqual(new Set(wordsOf(text)));
      }),
      { numRuns: 30 },
    );
  });

  test("are the first 2,000, and nothing is read behind them", async () => {
    let pieces = 0;
    function* text() {
      for (;;) {
        pieces += 1;
        yield Array.from({ length: 100 }, (_, n) => `w${pieces}x${n}`).join(" ");
      }
    }

    expect((await collectWords(text(), never)).size).toBe(MOST_WORDS);
    expect(pieces).toBe(20);
  });

  test("of one endless letter are none, and of an endless text without spaces come in time", async () => {
    expect((await collectWords(["x".repeat(2 ** 20)], never)).size).toBe(0);
    expect((await collectWords(["猫".repeat(2 ** 20)], never)).size).toBeGreaterThan(0);
  });

  test("end with the signal", async () => {
    const aborted = AbortSignal.abort(new Error("enough"));

    await expect(collectWords(["a few words"], aborted)).rejects.toThrow();
  });
});
