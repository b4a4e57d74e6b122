import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { planByteRanges } from "../../../api/http/byteranges.js";
import { RangeNotSatisfiableError } from "../../../api/http/errors.js";
import { resolveRanges } from "../../../api/http/range.js";

const SIZE = 10;

describe("A Range of 10 bytes", () => {
  test.each([
    ["bytes=0-0", [[0, 0]]],
    ["bytes=0-", [[0, 9]]],
    ["bytes=9-", [[9, 9]]],
    ["bytes=2-5", [[2, 5]]],
    ["bytes=2-10", [[2, 9]]],
    ["bytes=0-9223372036854775808", [[0, 9]]],
    ["bytes=-1", [[9, 9]]],
    ["bytes=-10", [[0, 9]]],
    ["bytes=-11", [[0, 9]]],
    ["bytes=-9223372036854775808", [[0, 9]]],
    ["bytes=007-8", [[7, 8]]],
    ["BYTES=1-2", [[1, 2]]],
    [" bytes=1-2 ", [[1, 2]]],
    [
      "bytes= 1-2 , 4-5 ,",
      [
        [1, 2],
        [4, 5],
      ],
    ],
    [
      "bytes=4-5,1-2",
      [
        [4, 5],
        [1, 2],
      ],
    ],
    [
      "bytes=0-1,-1",
      [
        [0, 1],
        [9, 9],
      ],
    ],
    ["bytes=0-1,20-30", [[0, 1]]],
    [
      "bytes=0-4,4-8",
      [
        [0, 4],
        [4, 8],
      ],
    ],
  ])("%s is sent with 206", (field, ranges) => {
    expect(resolveRanges(field, SIZE)).toEqual(ranges.map(([first, last]) => ({ first, last })));
  });

  test.each([
    "bytes=10-",
    "bytes=10-20",
    "bytes=-0",
    "bytes=9223372036854775808-",
    "bytes=9223372036854775807-9223372036854775808",
    `bytes=${"9".repeat(400)}-`,
    "bytes=10-,20-30,-0",
  ])("%s is not satisfiable", (field) => {
    expect(() => resolveRanges(field, SIZE)).toThrow(RangeNotSatisfiableError);
  });

  test.each([
    "",
    "bytes",
    "bytes=",
    "bytes=,",
    "bytes=-",
    "bytes=abc",
    "bytes=1",
    "bytes=5-2",
    "bytes=0-1,5-2",
    "bytes=-1-2",
    "bytes=--1",
    "bytes=1-2-3",
    "bytes=1 - 2",
    "bytes=0x1-2",
    "bytes=1.0-2",
    "bytes=1e0-2",
    "bytes=+1-2",
    "items=0-1",
    "bytes 0-1",
    "bytes=0-1;2-3",
    "bytes=٠-١",
  ])("%j is ignored", (field) => {
    expect(resolveRanges(field, SIZE)).toBeUndefined();
  });

  test.each([
    ["is longer together than the content", "bytes=0-,0-"],
    [
      "has more than 32 ranges",
      `bytes=${Array.from({ length: 33 }, (_, n) => `${n}-${n}`).join()}`,
    ],
  ])("that %s is ignored", (_what, field) => {
    expect(resolveRanges(field, 1000)).toBeUndefined();
  });

  test.each(["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"])(
    "%s of nothing is not satisfiable",
    (field) => {
      expect(() => resolveRanges(field, 0)).toThrow(RangeNotSatisfiableError);
    },
  );
});

/** What RFC 9110 §14.1.2 says each spec means, by counting. */
function oracle(specs: readonly { first?: number; last?: number }[], content: string): string[] {
  return specs
    .map(({ first, last }) =>
      Array.from(content)
        .filter((_byte, at) =>
          first === undefined
            ? at >= content.length - (last ?? 0)
            : at >= first && at <= (last ?? at),
        )
        .join(""),
    )
    .filter((slice) => slice !== "");
}

describe("Any Range", () => {
  const position = fc.integer({ min: 0, max: 25 });
  const spec = fc.oneof(
    fc.record({ first: position }),
    fc.record({ last: position }),
    fc.record({ first: position, last: position }).filter(({ first, last }) => first <= last),
  );

  test("gives the slices that it means, or all, or none", () => {
    fc.assert(
      fc.property(
        fc.array(spec, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: "binary-ascii", maxLength: 20 }),
        (specs, content) => {
          const field = `bytes=${specs.map(({ first, last }: { first?: number; last?: number }) => `${first ?? ""}-${last ?? ""}`).join(", ")}`;
          const expected = oracle(specs, content);
          const isLonger = expected.join("").length > content.length;

          if (expected.length === 0) {
            expect(() => resolveRanges(field, content.length)).toThrow(RangeNotSatisfiableError);
          } else {
            const slices = resolveRanges(field, content.length)?.map(({ first, last }) =>
              content.slice(first, last + 1),
            );
            expect(slices).toEqual(isLonger ? undefined : expected);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("of garbage is a valid window, ignored or not satisfiable, and never another error", () => {
    const garbage = fc.string({ unit: fc.constantFrom(...Array.from("bytes=-,0123456789 \t;x")) });
    fc.assert(
      fc.property(garbage, fc.nat({ max: 30 }), (text, sizeBytes) => {
        try {
          for (const { first, last } of resolveRanges(`bytes=${text}`, sizeBytes) ?? []) {
            expect(first).toBeGreaterThanOrEqual(0);
            expect(last).toBeGreaterThanOrEqual(first);
            expect(last).toBeLessThan(sizeBytes);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RangeNotSatisfiableError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test("Several ranges make one multipart/byteranges body of the length that was announced", () => {
  const content = "0123456789";
  const ranges = [
    { first: 0, last: 1 },
    { first: 9, last: 9 },
  ];

  const plan = planByteRanges({ ranges, sizeBytes: 10, contentType: "text/plain", boundary: "b" });
  const body = plan.pieces
    .map((piece) =>
      Buffer.isBuffer(piece) ? piece.toString() : content.slice(piece.first, piece.last + 1),
    )
    .join("");

  expect(plan.contentType).toBe("multipart/byteranges; boundary=b");
  expect(plan.lengthBytes).toBe(body.length);
  expect(body).toBe(
    [
      "--b",
      "Content-Type: text/plain",
      "Content-Range: bytes 0-1/10",
      "",
      "01",
      "--b",
      "Content-Type: text/plain",
      "Content-Range: bytes 9-9/10",
      "",
      "9",
      "--b--",
      "",
    ].join("\r\n"),
  );
});
