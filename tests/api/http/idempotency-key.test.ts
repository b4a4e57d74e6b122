import { describe, expect, test } from "@jest/globals";
import { parseIdempotencyKey } from "../../../api/http/idempotency-key.js";

describe("An Idempotency-Key", () => {
  test.each([
    ['"8e03978e-40d5"', "8e03978e-40d5"],
    ["8e03978e-40d5", "8e03978e-40d5"],
    [' "a" ', "a"],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    [String.raw`a\b`, String.raw`a\b`],
    ["x".repeat(255), "x".repeat(255)],
    [`"${"x".repeat(255)}"`, "x".repeat(255)],
    ["!~,;=", "!~,;="],
  ])("%s is %s", (field, key) => {
    expect(parseIdempotencyKey(field)).toBe(key);
  });

  test.each([
    "",
    '""',
    '"',
    "a b",
    '"a b"',
    "a, b",
    'a"b',
    '"a"b"',
    '"a", "b"',
    String.raw`"a\b"`,
    '"a\\"',
    "é",
    "a\tb",
    "x".repeat(256),
    `"${"x".repeat(256)}"`,
  ])("%j is invalid", (field) => {
    expect(() => parseIdempotencyKey(field)).toThrow(
      expect.objectContaining({ code: "invalid-request" }),
    );
  });
});
