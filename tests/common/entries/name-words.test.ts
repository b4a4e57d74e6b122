import { describe, expect, test } from "@jest/globals";
import { fold } from "../../../common/entries/folding.js";
import { nameGrams, nameWords, partGrams, queryWords } from "../../../common/entries/name-words.js";

describe("The words of a name", () => {
  test.each([
    ["holiday.jpg", ["holiday", "jpg"]],
    ["Übersicht_2026-final (2).pdf", ["ubersicht", "2026", "final", "2", "pdf"]],
    ["IMG2041.JPG", ["img2041", "img", "2041", "jpg"]],
    ["myFileName", ["myfilename", "my", "file", "name"]],
    ["PDFReader", ["pdfreader", "pdf", "reader"]],
    ["Straße", ["strasse"]],
    ["ΟΔΟΣ", ["οδοσ"]],
    ["Ёлка и дом", ["елка", "и", "дом"]],
    ["東京タワー写真.png", ["東京タワー写真", "東京タワー", "写真", "png"]],
    ["...", []],
  ])("of %j are %j", (name, expected) => {
    expect(nameWords(name)).toEqual(expected.map(fold));
  });

  test("are at most 64", () => {
    const name = Array.from({ length: 80 }, (_, n) => String.fromCodePoint(0x4e00 + n * 7)).join(
      ".",
    );

    expect(nameWords(name)).toHaveLength(64);
  });

  test.each([
    ["myFileName", ["myfilename"]],
    ["a b, A", ["a", "b"]],
    ["東京写真", ["東京", "写真"]],
    ["--", []],
  ])("of the query %j are %j", (query, expected) => {
    expect(queryWords(query)).toEqual(expected);
  });
});

describe("The stretches of a name", () => {
  test("are as long as three characters, and shorter at its end", () => {
    expect(nameGrams("abcd")).toEqual(["abc", "bcd", "cd", "d"]);
    expect(nameGrams("\u{1f600}a")).toEqual(["\u{1f600}a", "a"]);
  });

  test("of a part are those that the name must have", () => {
    expect(partGrams("abcd")).toEqual(["abc", "bcd"]);
    expect(partGrams("ab")).toEqual(["ab"]);
  });
});
