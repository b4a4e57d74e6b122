import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { contentDisposition } from "../../../api/http/content-disposition.js";

describe("Content-Disposition", () => {
  test.each([
    ["plan.pdf", "plan.pdf", "plan.pdf"],
    ["naïve café.txt", "naive cafe.txt", "na%C3%AFve%20caf%C3%A9.txt"],
    ["файл", "____", "%D1%84%D0%B0%D0%B9%D0%BB"],
    ['say "hi";x=\\y', "say _hi_;x=_y", "say%20%22hi%22%3Bx%3D%5Cy"],
    ["100%25.txt", "100_25.txt", "100%2525.txt"],
    ["it's (1)*.txt", "it's (1)*.txt", "it%27s%20%281%29%2A.txt"],
    ["a\r\nSet-Cookie: b", "a__Set-Cookie: b", "a%0D%0ASet-Cookie%3A%20b"],
    ["a℀b", "a_b", "a%E2%84%80b"],
    ["🗂.txt", "_.txt", "%F0%9F%97%82.txt"],
    ["half \ud83d.txt", "half _.txt", "half%20%EF%BF%BD.txt"],
  ])("of %j has a plain name and the true one", (name, plain, encoded) => {
    expect(contentDisposition("attachment", name)).toBe(
      `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    );
  });

  test("may say inline", () => {
    expect(contentDisposition("inline", "a")).toMatch(/^inline; /);
  });

  test("of any name is one well-formed field that gives the name back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const field = contentDisposition("attachment", name);
        const [, plain, encoded = ""] =
          /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''([!#$&+.^_`|~0-9A-Za-z%-]*)$/.exec(
            field,
          ) ?? [];

        expect(plain).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeURIComponent(encoded)).toBe(name.replace(/\p{Surrogate}/gu, "\ufffd"));
      }),
      { numRuns: 1000 },
    );
  });
});
