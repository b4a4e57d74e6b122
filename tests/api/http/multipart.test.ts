import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type FilePart, readMultipart } from "../../../api/http/multipart.js";
import {
  BOUNDARY,
  encode,
  form,
  OPTIONS,
  packetsOf,
  readBytes,
  readForm,
  sourceOf,
  type WholePart,
} from "./multipart-source.js";

const MIB = 1024 ** 2;

const FILE: WholePart = {
  kind: "file",
  fieldName: "f",
  fileName: "ключ.txt",
  claimedType: "text/plain",
  content: "\r\n--",
};
const EMPTY: WholePart = { ...FILE, fileName: "", claimedType: null, content: "" };
const FIELD: WholePart = { kind: "field", fieldName: "a", value: "1" };

/** Bytes that are likely to look like the beginning of a boundary, and never hold one. */
const pieces = ["\r", "\n", "\r\n", "-", "--", `--${BOUNDARY}`, `\r\n--${BOUNDARY.slice(0, -1)}`];
const content = fc
  .array(fc.constantFrom(...pieces, "x", "\0", "é"), { maxLength: 40 })
  .map((each) => each.join(""))
  .filter((text) => !`\r\n${text}\r\n`.includes(`\r\n--${BOUNDARY}`));
const name = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .filter((text) => !/[\0\r\n"\\]|\p{Surrogate}/u.test(text));
const part: fc.Arbitrary<WholePart> = fc.oneof(
  fc.record({ kind: fc.constant("field" as const), fieldName: name, value: content }),
  fc.record({
    kind: fc.constant("file" as const),
    fieldName: name,
    fileName: name,
    claimedType: fc.constantFrom(null, "text/plain", "image/png"),
    content: content.map((text) => Buffer.from(text).toString("latin1")),
  }),
);

describe("A form", () => {
  test("gives the same parts however its bytes are cut into packets", async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), lengths, async (parts, packetLengths) => {
        const packets = packetsOf(encode(parts), packetLengths);

        expect(await readForm(packets)).toEqual(parts);
      }),
      { numRuns: 500 },
    );
  });

  test("gives the same parts byte by byte", async () => {
    const parts = [FIELD, FILE, EMPTY];

    expect(await readForm(packetsOf(encode(parts), [1]))).toEqual(parts);
  });

  test("that is cut anywhere is malformed, and never whole", async () => {
    const body = encode([FILE, FIELD]);

    // The last line break is not needed.
    for (let end = 0; end < body.length - 2; end += 1) {
      const reading = readForm([body.subarray(0, end)]);
      await expect(reading).rejects.toMatchObject({ code: "malformed-body" });
    }
  });

  test("of no parts has none", async () => {
    expect(await readForm([encode([])])).toEqual([]);
  });
});

describe("Reading a form", () => {
  const threeFiles = (contents: readonly Buffer[]) =>
    Buffer.concat([
      ...contents.flatMap((content, n) => [
        form(`--${BOUNDARY}\nContent-Disposition: form-data; name=f; filename=${n}\n\n`),
        content,
        form("\n"),
      ]),
      form(`--${BOUNDARY}--\n`),
    ]);
  const big = Buffer.alloc(MIB, "x");

  test("goes on with the next part when one is not read, or not to its end", async () => {
    const body = threeFiles([big, big, Buffer.from("last")]);
    const read: string[] = [];
    let n = 0;

    for await (const part of readMultipart(sourceOf(packetsOf(body, [65_536])).source, OPTIONS)) {
      n += 1;
      if (part.kind === "file" && n === 2) await part.bytes[Symbol.asyncIterator]().next();
      if (part.kind === "file" && n === 3) read.push((await readBytes(part.bytes)).toString());
    }

    expect(read).toEqual(["last"]);
  });

  test("asks for no more of the body than is read", async () => {
    const { source, seen } = sourceOf(packetsOf(threeFiles([big, big]), [65_536]));
    const parts = readMultipart(source, OPTIONS);

    const first = (await parts.next()).value as FilePart;
    const bytes = first.bytes[Symbol.asyncIterator]();
    await bytes.next();
    await bytes.next();

    expect(seen.packets).toBeLessThanOrEqual(2);
  });

  test("gives nothing to whoever still holds a part that is over", async () => {
    const { source } = sourceOf([threeFiles([Buffer.from("one"), Buffer.from("two")])]);
    const parts = readMultipart(source, OPTIONS);
    const first = (await parts.next()).value as FilePart;
    const second = (await parts.next()).value as FilePart;

    expect((await readBytes(first.bytes)).toString()).toBe("");
    expect((await readBytes(second.bytes)).toString()).toBe("two");
  });

  test.each(["leaving the loop", "an error in it"])("ends the source on %s", async (way) => {
    const { source, seen } = sourceOf(packetsOf(threeFiles([big]), [65_536]));

    const reading = (async () => {
      for await (const part of readMultipart(source, OPTIONS)) {
        if (part.kind === "file") await part.bytes[Symbol.asyncIterator]().next();
        if (way === "leaving the loop") break;
        throw new Error("no more");
      }
    })();

    await (way === "leaving the loop" ? reading : expect(reading).rejects.toThrow("no more"));
    expect(seen.isEnded).toBe(true);
  });

  test("throws what the source throws, to whoever reads at that time", async () => {
    async function* broken(): AsyncGenerator<Buffer, void, undefined> {
      yield await Promise.resolve(threeFiles([big]).subarray(0, 500));
      throw new Error("gone");
    }
    const parts = readMultipart(broken(), OPTIONS);
    const part = (await parts.next()).value as FilePart;

    await expect(readBytes(part.bytes)).rejects.toThrow("gone");
    await expect(parts.next()).rejects.toThrow();
  });

  test("gives 8 MiB of what is nearly a boundary as content", async () => {
    const near = Buffer.alloc(8 * MIB, `\r\n--${BOUNDARY.slice(0, -1)}`);
    const body = threeFiles([near]);

    const [file] = await readForm(packetsOf(body, [65_536]));

    expect(file).toHaveProperty("content.length", near.length);
  });
});
