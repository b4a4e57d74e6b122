import { describe, expect, test } from "@jest/globals";
import { BoundedPattern } from "../src/query/bounded-pattern.js";

describe("a regular expression that backtracks", () => {
  test.each([
    /(a+)+$/u,
    /(a*)*$/u,
    /(?:a|a)*$/u,
    /((a{1,20}){1,20}){1,20}$/u,
    /^(?:(?:a+)c?)+$/u,
    /(?=(a+)+$)/u,
    /(a|aa|aaa){10,}$/u,
    /.*.*.*.*.*.*.*.*c/u,
  ])("without end is ended with an error: %s", (regex) => {
    const text = `${"a".repeat(regex.source.startsWith(".*") ? 400 : 31)}b`;

    expect(() => new BoundedPattern(regex).test(text)).toThrow(
      expect.objectContaining({ code: 51_156 }),
    );
  });

  test.each<[regex: RegExp, text: string, isMatch: boolean]>([
    [/(a+)+$/u, "aaaa", true],
    [/(ab|cd)*$/u, "abcd", true],
    [/^(ab|cd)*$/u, "abxcd", false],
    [/^([^(*]|\(\*\))+$/u, "a(*)b", true],
    [/[(+)]*\)+$/u, "(+)", true],
    [/\(a+\)+$/u, "(aa))", true],
    [/^\p{L}{2}$/u, "éa", true],
    [/foo/u, `${"x".repeat(5_000_000)}foo`, true],
    [/f.*o$/u, `${"f".repeat(2_000)}o`, true],
  ])("and ends answers as JavaScript does: %s", (regex, text, isMatch) => {
    const pattern = new BoundedPattern(regex);

    expect(pattern.test(text)).toBe(isMatch);
    expect(pattern.test(text)).toBe(isMatch);
  });
});
