import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inspectContent } from "../../../common/inspection/inspect.js";
import { MAX_READ_BYTES } from "../../../common/inspection/source.js";
import { asSource } from "../../support/byte-source.js";
import { isLong } from "../../support/long.js";
import { DOCUMENTS, TEXTS } from "./kinds.js";

const SEEDS = [...DOCUMENTS, ...TEXTS].map(([, content]) => Buffer.from(content));

/** A change of some bytes: replaced by others, removed, or repeated. */
const change = fc.record({
  at: fc.nat({ max: 1_000_000 }),
  bytes: fc.uint8Array({ maxLength: 12 }),
  kind: fc.constantFrom("replace", "cut", "remove", "repeat"),
});

const mutated = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(change, { minLength: 1, maxLength: 6 }))
  .map(([seed, changes]) => changes.reduce(changed, seed));

function changed(
  content: Buffer,
  { at, bytes, kind }: typeof change extends fc.Arbitrary<infer C> ? C : never,
) {
  const from = content.length === 0 ? 0 : at % content.length;
  const [before, after] = [content.subarray(0, from), content.subarray(from)];
  if (kind === "cut") return Buffer.from(before);
  if (kind === "remove") return Buffer.concat([before, after.subarray(bytes.length)]);
  if (kind === "repeat") return Buffer.concat([before, after.subarray(0, 300), after]);
  return Buffer.concat([before, bytes, after.subarray(bytes.length)]);
}

const numRuns = isLong ? 2000 : 200;

async function expectAnswer(content: Buffer, pieceBytes: number): Promise<void> {
  const source = asSource(content);
  const found = await inspectContent(source);

  expect(found.type).toMatch(/^[a-z]+\/[a-z0-9][\w.+-]*$/);
  expect(source.readBytes()).toBeLessThanOrEqual(MAX_READ_BYTES);
  expect(await inspectContent(asSource(content, pieceBytes))).toEqual(found);
}

const pieceBytes = fc.integer({ min: 1, max: 5000 });

describe("An inspection ends with the same answer, in pieces of any length,", () => {
  test("for documents, archives and text that were changed at random", async () => {
    await fc.assert(fc.asyncProperty(mutated, pieceBytes, expectAnswer), { numRuns });
  }, 300_000);

  test("for any bytes", async () => {
    const bytes = fc.uint8Array({ maxLength: 3000 }).map((array) => Buffer.from(array));
    await fc.assert(fc.asyncProperty(bytes, pieceBytes, expectAnswer), { numRuns });
  }, 300_000);

  test("for any text", async () => {
    const parts =
      '< ! - > ? [ ] { } " : , ; \t \n # / = a é & % \\ <!-- xmlns=" <?xml /ObjStm stream\n'.split(
        " ",
      );
    const text = fc.array(fc.constantFrom(...parts, " "), { maxLength: 2000 });
    const content = text.map((parts) => Buffer.from(parts.join("")));
    await fc.assert(fc.asyncProperty(content, pieceBytes, expectAnswer), { numRuns });
  }, 300_000);
});

describe("An inspection takes no longer", () => {
  const repeated = (text: string) => Buffer.from(text.repeat(Math.ceil(8e6 / text.length)));

  test.each([
    ["for comments that are never closed", repeated("<!--")],
    ["for many comments", repeated("<!---->")],
    ["for many strings", repeated('["a",')],
    ["for open quotes", repeated('"a,""')],
    ["for header lines", repeated("From: a\n")],
    ["for names of XML", Buffer.concat([Buffer.from("<?xml ?>"), repeated('xmlns:a="')])],
    [
      "for object streams without content",
      Buffer.concat([Buffer.from("%PDF-1.7\n"), repeated("/ObjStm")]),
    ],
    [
      "for object streams",
      Buffer.concat([Buffer.from("%PDF-1.7\n"), repeated("/ObjStm stream\nx\x9c")]),
    ],
  ])(
    "%s",
    async (_, content) => {
      await inspectContent(asSource(content));
    },
    20_000,
  );
});
