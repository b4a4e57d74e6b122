import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { newBlobId } from "../../../common/platform/ids.js";
import { type BlobStore, createBlobStore } from "../../../common/storage/blob-store.js";
import { CHUNK_SIZE_BYTES as CHUNK, openBucket } from "../../../common/storage/bucket.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });

const bucket = () => openBucket(world().mongo.db);
const blobStore = () => createBlobStore(bucket(), () => new Date());

/** Writes a blob in pieces of a size, and commits it. */
async function write(blobs: BlobStore, content: Buffer, pieceBytes: number) {
  const blobId = newBlobId();
  const writer = blobs.openWriter(blobId);
  for (let from = 0; from < content.length; from += pieceBytes) {
    await writer.append(content.subarray(from, from + pieceBytes));
  }
  const written = await writer.finish();
  await blobs.commit(blobId, written);
  return { blobId, written };
}

async function readAll(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read);
}

describe("A blob", () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK, 9 * CHUNK + 7])(
    "of %i bytes is stored in chunks of GridFS, whatever pieces it came in",
    async (size) => {
      const content = randomBytes(size);
      for (const pieceBytes of [65_536, CHUNK, 3 * CHUNK + 1]) {
        const { blobId, written } = await write(blobStore(), content, pieceBytes);

        expect(written).toEqual({
          sizeBytes: size,
          sha256: createHash("sha256").update(content).digest("hex"),
        });
        const chunks = await bucket().chunks.find({ files_id: blobId }).sort({ n: 1 }).toArray();
        expect(chunks.map(({ n }) => n)).toEqual(
          Array.from({ length: Math.ceil(size / CHUNK) }, (_, n) => n),
        );
        expect(await bucket().files.findOne({ _id: blobId })).toMatchObject({
          chunkSize: CHUNK,
          filename: blobId.toHexString(),
          metadata: { sha256: written.sha256 },
        });
      }
    },
  );

  test("gives every window of itself", async () => {
    const content = randomBytes(6 * CHUNK + 5);
    const blobs = blobStore();
    const { blobId } = await write(blobs, content, 1_000_000);
    const blob = await blobs.find(blobId);
    const border = fc
      .integer({ min: 0, max: 6 })
      .chain((n) =>
        fc
          .integer({ min: -2, max: 2 })
          .map((off) => Math.min(content.length - 1, Math.max(0, n * CHUNK + off))),
      );
    const position = fc.oneof(border, fc.integer({ min: 0, max: content.length - 1 }));

    await fc.assert(
      fc.asyncProperty(position, position, async (a, b) => {
        const window = { first: Math.min(a, b), last: Math.max(a, b) };
        const read = blob && (await readAll(blobs.read(blob, window)));
        expect(read?.equals(content.subarray(window.first, window.last + 1))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("exists for nobody before it is committed, and once however often it is", async () => {
    const blobs = blobStore();
    const blobId = newBlobId();
    const writer = blobs.openWriter(blobId);
    await writer.append(randomBytes(10));
    const written = await writer.finish();

    expect(await blobs.find(blobId)).toBeUndefined();
    await blobs.commit(blobId, written);
    await blobs.commit(blobId, written);

    expect(await blobs.find(blobId)).toMatchObject({ sizeBytes: 10, chunkSizeBytes: CHUNK });
    expect(await bucket().files.countDocuments({ _id: blobId })).toBe(1);
  });

  test("goes with all its chunks, committed or not, and may be removed twice", async () => {
    const blobs = blobStore();
    const { blobId } = await write(blobs, randomBytes(300 * 1024), 100_000);
    const uncommitted = newBlobId();
    const writer = blobs.openWriter(uncommitted);
    await writer.append(randomBytes(2 * CHUNK));
    await writer.finish();

    for (const id of [blobId, blobId, uncommitted, newBlobId()]) await blobs.remove(id);

    const left = { files_id: { $in: [blobId, uncommitted] } };
    expect(await bucket().chunks.countDocuments(left)).toBe(0);
    expect(await blobs.find(blobId)).toBeUndefined();
  });

  test("cannot be written by two writers: the second one fails", async () => {
    const blobs = blobStore();
    const { blobId } = await write(blobs, randomBytes(CHUNK), CHUNK);
    const second = blobs.openWriter(blobId);
    await second.append(randomBytes(CHUNK));

    await expect(second.finish()).rejects.toThrow(/E11000|duplicate/i);
  });

  test("leaves no cursor open when its reader goes away in the middle", async () => {
    const blobs = blobStore();
    const content = randomBytes(12 * CHUNK);
    const { blobId } = await write(blobs, content, 1_000_000);
    const blob = await blobs.find(blobId);
    const openCursors = async () => {
      const status = await world().mongo.db.admin().serverStatus();
      const { metrics } = status as { metrics: { cursor: { open: { total: number | bigint } } } };
      return Number(metrics.cursor.open.total);
    };
    const before = await openCursors();

    for (let n = 0; n < 20 && blob; n += 1) {
      const pieces = blobs.read(blob, { first: 0, last: content.length - 1 });
      expect((await pieces.next()).done).toBe(false);
      await pieces.return();
    }

    expect(await eventually(openCursors, (open) => open <= before)).toBeLessThanOrEqual(before);
  });
});
