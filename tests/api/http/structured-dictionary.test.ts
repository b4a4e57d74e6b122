import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type DictionaryValue,
  parseDictionary,
  serializeBytes,
} from "../../../api/http/structured-dictionary.js";

const entries = (field: string) => {
  const parsed = parseDictionary(field);
  return parsed && Object.fromEntries(parsed);
};

const OTHER: DictionaryValue = { kind: "other" };
const integer = (value: number): DictionaryValue => ({ kind: "integer", integer: value });
const bytes = (text: string): DictionaryValue => ({ kind: "bytes", bytes: Buffer.from(text) });

describe("A dictionary", () => {
  test.each<[string, Record<string, DictionaryValue>]>([
    ["", {}],
    ["   ", {}],
    ["a=:aGVsbG8=:", { a: bytes("hello") }],
    ["a=:aGVsbG8:", { a: bytes("hello") }],
    ["a=::", { a: bytes("") }],
    ["a=1, b=-15", { a: integer(1), b: integer(-15) }],
    ["a=1\t,\t b=2", { a: integer(1), b: integer(2) }],
    ["a=999999999999999", { a: integer(999_999_999_999_999) }],
    ["a=1, a=2", { a: integer(2) }],
    ["sha-256=1;q=0.5; x, *k_.-9=2", { "sha-256": integer(1), "*k_.-9": integer(2) }],
    ["a, b;x=1, c=?0", { a: OTHER, b: OTHER, c: OTHER }],
    [
      'a=1.5, b="x\\"\\\\,y", c=tok/en:*, d=@1659578233',
      { a: OTHER, b: OTHER, c: OTHER, d: OTHER },
    ],
    ['a=%"f%c3%bc", b=(), c=( 1  :aGk=:;p "x" );q', { a: OTHER, b: OTHER, c: OTHER }],
  ])("%s is read", (field, expected) => {
    expect(entries(field)).toEqual(expected);
  });

  test.each([
    "a=",
    "a=1,",
    ",a=1",
    "a=1,,b=2",
    "a=1 b=2",
    "A=1",
    "1=1",
    "__proto__=1",
    "a =1",
    "a= 1",
    "a=:aGVs bG8=:",
    "a=:aGVsbG8=",
    "a=:a-_=:",
    "a=1234567890123456",
    "a=1.",
    "a=1.2345",
    "a=--1",
    'a="x',
    'a="\\x"',
    'a="é"',
    "a=(1",
    "a=(1,2)",
    "a=?2",
    "a=1;",
    "a=1;B",
    'a=%"%ZZ"',
    "\ta=1",
    "a=1\0",
    "sha-256=abc=",
  ])("%j is malformed", (field) => {
    expect(parseDictionary(field)).toBeUndefined();
  });

  test("of byte sequences is read as it was written, whatever they are", () => {
    const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,20}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, fc.uint8Array({ maxLength: 80 })), {
          selector: ([name]) => name,
        }),
        (members) => {
          const field = members.map(([name, given]) => serializeBytes(name, Buffer.from(given)));

          const parsed = parseDictionary(field.join(", "));

          expect([...(parsed ?? [])]).toEqual(
            members.map(([name, given]) => [name, { kind: "bytes", bytes: Buffer.from(given) }]),
          );
        },
      ),
    );
  });

  test("of any text is read or refused, in time that grows with its length alone", () => {
    const unit = fc.oneof(
      fc.constantFrom("a=1", ":aGk=:", '"x"', "( 1 1", "é", "?1", "; p"),
      fc.string({ minLength: 1, maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 50 }), (units) => {
        const text = units.join("");

        const parsed = parseDictionary(text);

        expect(parsed === undefined || parsed.size <= text.length).toBe(true);
      }),
    );
    for (const repeated of ["a;b", "( ", "a=(1 ", '"\\"', "; a", "a=1,", "1", "%"]) {
      expect(parseDictionary(`a=(${repeated.repeat(5000)}`)).toBeUndefined();
    }
  });
});
