import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { tarFormat } from "../../../common/archives/tar.js";
import { zipFormat } from "../../../common/archives/zip.js";
import { bytesOf, file, folder, makeArchive, wholeOf, zeros } from "../../support/made-archives.js";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 150 });
const modifiedAt = fc.date({ noInvalidDate: true });
const member = fc.oneof(
  fc
    .record({ name, modifiedAt, bytes: fc.uint8Array({ maxLength: 1500 }) })
    .map(({ name, modifiedAt, bytes }) => file(name, Buffer.from(bytes), modifiedAt)),
  fc.record({ name, modifiedAt }).map(({ name, modifiedAt }) => folder(name, modifiedAt)),
);
const anyCase = fc.record({
  members: fc.array(member, { maxLength: 12 }),
  pageLength: fc.integer({ min: 1, max: 5 }),
  cuts: fc.array(fc.nat(), { maxLength: 8 }),
});

const KIB = 1024;
const GIB = KIB ** 3;

describe.each([
  ["zip", zipFormat],
  ["tar", tarFormat],
])("An archive as %s", (_, format) => {
  test("has the length that was told, and each window of it is that part of the whole", async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ members, pageLength, cuts }) => {
        const archive = makeArchive(format, members, pageLength);
        const whole = await wholeOf(archive);
        expect(whole).toHaveLength(archive.sizeBytes);

        const ends = [0, ...cuts.map((cut) => cut % archive.sizeBytes), archive.sizeBytes];
        ends.sort((a, b) => a - b);
        for (const [index, first] of ends.entries()) {
          const last = (ends[index + 1] ?? archive.sizeBytes) - 1;
          const window = await bytesOf(archive, { first, last });
          expect(window.equals(whole.subarray(first, last + 1))).toBe(true);
        }
      }),
    );
  });

  test("equals itself where every byte is asked for alone", async () => {
    const members = [folder("a"), file("a/b", Buffer.from("content")), file("ä", Buffer.alloc(0))];
    const archive = makeArchive(format, members, 2);
    const whole = await wholeOf(archive);
    const bytes: Buffer[] = [];
    for (let at = 0; at < archive.sizeBytes; at += 1) {
      bytes.push(await bytesOf(archive, { first: at, last: at }));
    }

    expect(bytes.every(({ length }) => length === 1)).toBe(true);
    expect(Buffer.concat(bytes).equals(whole)).toBe(true);
  });

  test("reads nothing of what lies before or behind a window", async () => {
    const members = Array.from({ length: 100 }, (_, index) => zeros(`${index}`, 50 * GIB, 0));
    const archive = makeArchive(format, members, 10);
    const middle = 1234 * GIB;
    await bytesOf(archive, { first: middle, last: middle + 10 * KIB - 1 });
    await bytesOf(archive, { first: archive.extent.bodyBytes, last: archive.sizeBytes - 1 });

    expect(archive.readBytes()).toBe(10 * KIB);
  });

  test("is read in pieces of some size where its members are small", async () => {
    const members = Array.from({ length: 5000 }, (_, index) => file(`${index}`, Buffer.from("x")));
    const archive = makeArchive(format, members);
    let pieces = 0;
    for await (const piece of archive.read({ first: 0, last: archive.sizeBytes - 1 })) {
      pieces += Math.sign(piece.length);
    }

    expect(pieces).toBeLessThanOrEqual(archive.sizeBytes / (64 * KIB) + 1);
  });

  test("ends early, and with the reason, when a content cannot be read", async () => {
    const gone = {
      ...zeros("gone", 10, 0),
      bytes: () => {
        throw new Error("gone");
      },
    };
    const archive = makeArchive(format, [file("a", Buffer.from("a")), gone, folder("b")]);

    await expect(wholeOf(archive)).rejects.toThrow("gone");
  });
});
