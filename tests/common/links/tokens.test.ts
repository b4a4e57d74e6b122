import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LinkTokens } from "../../../common/links/tokens.js";
import { newId } from "../../../common/platform/ids.js";

const tokens = new LinkTokens(["a first secret of some length", "an old secret of some length"]);

describe("the token of a link", () => {
  test("names its link, and is the same each time it is made", () => {
    const id = newId();
    expect(tokens.make(id)).toMatch(/^[A-Za-z0-9_-]{44}$/);
    expect(tokens.make(id)).toBe(tokens.make(id));
    expect(tokens.read(tokens.make(id))).toBe(id);
  });

  test("is none after any change of it", () => {
    const token = tokens.make(newId());
    const character = fc.constantFrom(
      "A",
      "Q",
      "a",
      "z",
      "0",
      "9",
      "-",
      "_",
      "=",
      ".",
      " ",
      "é",
      "\0",
    );
    fc.assert(
      fc.property(fc.nat(token.length - 1), character, (at, other) => {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        expect(tokens.read(changed)).toBe(changed === token ? tokens.read(token) : undefined);
      }),
    );
    for (const text of ["", token.slice(0, -1), `${token}A`, token.slice(0, 22), token.repeat(2)]) {
      expect(tokens.read(text)).toBeUndefined();
    }
  });

  test("of an old secret is accepted while that secret is configured", () => {
    const id = newId();
    const old = new LinkTokens(["an old secret of some length"]).make(id);
    expect(old).not.toBe(tokens.make(id));
    expect(tokens.read(old)).toBe(id);
    expect(new LinkTokens(["another secret of some length"]).read(old)).toBeUndefined();
  });
});

describe("a signed text", () => {
  test("is valid for its purpose and its text alone, with any of the secrets", () => {
    const signature = tokens.sign("unlock", "a");
    expect(tokens.isSigned("unlock", "a", signature)).toBe(true);
    expect(tokens.isSigned("unlock", "b", signature)).toBe(false);
    expect(tokens.isSigned("other", "a", signature)).toBe(false);
    expect(tokens.isSigned("unlock", "a", "")).toBe(false);
    const old = new LinkTokens(["an old secret of some length"]).sign("unlock", "a");
    expect(tokens.isSigned("unlock", "a", old)).toBe(true);
  });
});
