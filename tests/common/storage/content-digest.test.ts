import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ContentDigest } from "../../../common/storage/content-digest.js";
import { ResumableContentDigest } from "../../../common/storage/resumable-digest.js";

/** ZIP's own definition, bit by bit (PKWARE APPNOTE 4.4.7): the polynomial 0xEDB88320, all bits inverted before and after. */
function crc32Of(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test("The digests of content are the same in whatever pieces it comes, in one go or put away after each of them", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(pieces, async (given) => {
      const content = Buffer.concat(given);
      const expected = {
        sha256: createHash("sha256").update(content).digest("hex"),
        crc32: crc32Of(content),
      };
      const digest = new ContentDigest();
      let resumed = await ResumableContentDigest.begin();

      for (const piece of given) {
        digest.update(Buffer.from(piece));
        resumed.update(Buffer.from(piece));
        const next = await ResumableContentDigest.resume(resumed.save());
        if (next === undefined) throw new Error("A state of its own was not accepted");
        resumed = next;
      }

      expect(digest.finish()).toEqual(expected);
      expect(resumed.finish()).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test.each([Buffer.alloc(0), Buffer.alloc(4), randomBytes(120)])(
  "An invalid state is refused",
  async (state) => {
    expect(await ResumableContentDigest.resume(state)).toBeUndefined();
  },
);
