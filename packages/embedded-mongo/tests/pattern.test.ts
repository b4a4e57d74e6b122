import { describe, expect, test } from "@jest/globals";
import { CommandError } from "../src/errors.js";
import { literalPrefixOf, translatePattern } from "../src/query/pattern.js";

describe("a regular expression of MongoDB", () => {
  test.each<[pattern: string, options: string, text: string, isMatch: boolean]>([
    ["^ab", "", "abc", true],
    ["^ab", "", "xab", false],
    ["b$", "", "ab\n", true],
    ["b$", "", "ab\n\n", false],
    ["^b", "m", "a\nb", true],
    ["^b", "", "a\nb", false],
    ["a$", "m", "a\nb", true],
    ["^$", "m", "a\n", false],
    ["a.b", "", "a\u2028b", true],
    ["a.b", "", "a\nb", false],
    ["a.b", "s", "a\nb", true],
    ["(?i)AB", "", "ab", true],
    ["(?is)A.B", "", "a\nb", true],
    ["É", "i", "é", true],
    ["^.$", "", "\u{1f600}", true],
    ["\\s", "", "\u00a0", false],
    ["[\\s\\S]", "", "\u00a0", true],
    ["[^\\S]", "", "\u00a0", false],
    ["\\-\\_\\/\\@", "", "-_/@", true],
    ["[]a]", "", "]", true],
    ["[^]a]", "", "]", false],
    ["[[]", "", "[", true],
    ["a{,2}", "", "a{,2}", true],
    ["a{2}", "", "aa", true],
    ["}]", "", "}]", true],
    ["\\x41\\x{1F600}", "", "A\u{1f600}", true],
    ["\\pL+$", "", "é", true],
    ["\\p{Lu}", "", "a", false],
    ["(?<=a)b", "", "ab", true],
    ["(?<year>\\d{4})", "", "2024", true],
    ["a+?b", "", "aab", true],
    ["", "", "", true],
  ])("/%s/%s on %j gives %s", (...[pattern, options, text, isMatch]) => {
    expect(translatePattern(pattern, options).test(text)).toBe(isMatch);
  });

  test.each([
    ["\\Aa"],
    ["a\\z"],
    ["a\\Z"],
    ["a++"],
    ["a*+"],
    ["a{2}+"],
    ["(?>a)"],
    ["(?i:a)"],
    ["a(?i)b"],
    ["(?P<n>a)"],
    ["(?#c)"],
    ["(*UTF)"],
    ["(a)\\1"],
    ["\\Qa\\E"],
    ["\\h"],
    ["\\R"],
    ["\\v"],
    ["[[:alpha:]]"],
    ["[a"],
    ["("],
    ["a\\"],
    ["*"],
    ["\\u0041"],
    ["[\\B]"],
    ["a".repeat(32_765)],
  ])("is refused with 51091 where JavaScript cannot say it: %s", (pattern) => {
    expect(() => translatePattern(pattern, "")).toThrow(expect.objectContaining({ code: 51_091 }));
  });

  test("is refused with an unknown option", () => {
    expect(() => translatePattern("a", "g")).toThrow(CommandError);
    expect(() => translatePattern("a", "x")).toThrow(expect.objectContaining({ code: 51_091 }));
  });

  test.each([
    ["^abc", "", "abc"],
    ["^abc?", "", "ab"],
    ["^ab*c", "", "a"],
    ["^ab+c", "", "ab"],
    ["^a\\.b", "", "a.b"],
    ["^a|b", "", ""],
    ["^abc", "i", ""],
    ["^abc", "m", ""],
    ["abc", "", ""],
    ["^\u{1f600}?x", "", ""],
    ["^ab\\d", "", "ab"],
    ["^(ab)", "", ""],
  ])("/%s/%s begins with %j", (pattern, options, prefix) => {
    expect(literalPrefixOf(pattern, options)).toBe(prefix);
  });
});
