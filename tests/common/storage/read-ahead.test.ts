import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CHUNK_SIZE_BYTES } from "../../../common/storage/bucket.js";
import { SEAL_BYTES } from "../../../common/storage/frame-cipher.js";
import { ReadAhead } from "../../../common/storage/read-ahead.js";
import { newKey, openBlobs, readAll, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const KIB = 1024;
const MIB = 1024 * KIB;

const world = useWorld();

describe("What readers may have under way", () => {
  test("is 2 MiB for one alone, and for all together no more than can be kept", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom<["plain" | "sealed", number]>(["plain", 8], ["sealed", 6]),
        (readers, [kind, mib]) => {
          const readAhead = new ReadAhead();
          const alone = readAhead.share(kind);
          const ends = Array.from({ length: readers }, () => readAhead.begin(MIB + 1));
          const { bytesPerRead, readsAtOnce } = readAhead.share(kind);
          for (const end of ends) end();

          expect(bytesPerRead).toBeGreaterThanOrEqual(256 * KIB);
          expect(bytesPerRead).toBeLessThanOrEqual(MIB);
          const most = Math.max(mib * MIB, readers * 256 * KIB);
          expect(readers * bytesPerRead * readsAtOnce).toBeLessThanOrEqual(most);
          expect(readAhead.share(kind)).toEqual(alone);
          expect(alone).toEqual({ bytesPerRead: MIB, readsAtOnce: 2 });
        },
      ),
    );
  });

  test("does not become less by those for whom one read is enough", () => {
    const readAhead = new ReadAhead();

    for (let reader = 0; reader < 100; reader += 1) readAhead.begin(MIB);

    expect(readAhead.share("plain")).toEqual({ bytesPerRead: MIB, readsAtOnce: 2 });
  });
});

describe("Reads of chunks", () => {
  test.each([
    ["plain", [], 3],
    ["sealed", [newKey("k1")], 2],
  ])(
    "of %s content are smaller while many read, and large again when those ended or went away",
    async (_kind, keys, fewChunks) => {
      const { db, commands, close } = watchCommands(world(), "find");
      const blobs = openBlobs(db, keys);
      const content = randomBytes(24 * (CHUNK_SIZE_BYTES - SEAL_BYTES));
      const { blob } = await writeBlob(blobs, content);
      const found = await blobs.find(blob.blobId);
      if (found === undefined) throw new Error("The blob was not found");
      const open = () => blobs.read(found, { first: 0, last: content.length - 1 });
      const leastOf = async (reading: Promise<unknown>) => {
        commands.length = 0;
        await reading;
        const reads = commands.filter(({ find }) => find === "blobs.chunks");
        return Math.min(...reads.map(({ limit }) => Number(limit)));
      };

      const others = Array.from({ length: 16 }, open);
      await Promise.all(others.map((reader) => reader.next()));
      const amongMany = await leastOf(readAll(open()));
      const ended = others.map((reader, index) =>
        index % 2 === 0 ? reader.return() : readAll(reader),
      );
      await Promise.all(ended);
      const alone = await leastOf(
        readAll(open()).then((read) => {
          expect(read.equals(content)).toBe(true);
        }),
      );
      await blobs.remove(blob.blobId);
      await close();

      expect(amongMany).toBe(fewChunks);
      expect(alone).toBe(8);
    },
  );
});
