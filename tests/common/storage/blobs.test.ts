import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CHUNK_SIZE_BYTES as CHUNK, openBucket } from "../../../common/storage/bucket.js";
import { beginBlob, newKey, openBlobs, readAll, writeBlob } from "../../support/blobs.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });

const bucket = () => openBucket(world().mongo.db);

/** The contract of every store of blobs: how much content a chunk holds, and how much more an encrypted one takes. */
const STORES = [
  { name: "plain", keys: [], frame: CHUNK, seal: 0 },
  { name: "encrypted", keys: [newKey("k1")], frame: CHUNK - 16, seal: 16 },
];

describe.each(STORES)("A blob in a store that is $name", ({ keys, frame, seal }) => {
  const openStore = () => openBlobs(world().mongo.db, keys);
  const isEncrypted = seal > 0;

  test.each([
    0,
    1,
    frame - 1,
    frame,
    frame + 1,
    2 * frame,
    3 * frame,
    4 * frame,
    9 * frame + 7,
    25 * frame + 1,
  ])(
    "of %i bytes is stored in chunks of GridFS, whatever pieces it came in, and comes back whole",
    async (size) => {
      const content = randomBytes(size);
      const blobs = openStore();
      for (const pieceBytes of [65_536, frame, 3 * frame + 1]) {
        const { blob, written } = await writeBlob(blobs, content, pieceBytes);

        expect(written).toEqual({
          sizeBytes: size,
          sha256: createHash("sha256").update(content).digest("hex"),
          crc32: crc32(content),
        });
        const count = Math.max(isEncrypted ? 1 : 0, Math.ceil(size / frame));
        const chunks = await bucket()
          .chunks.find({ files_id: blob.blobId }, { promoteBuffers: true })
          .sort({ n: 1 })
          .toArray();
        expect(chunks.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, n) => n));
        expect(chunks.slice(0, -1).every(({ data }) => lengthOf(data) === CHUNK)).toBe(true);
        const file = await bucket().files.findOne({ _id: blob.blobId });
        expect(file).toMatchObject({
          chunkSize: CHUNK,
          filename: blob.blobId.toHexString(),
          metadata: { sha256: written.sha256 },
        });
        expect(Number(file?.length)).toBe(size + count * seal);
        expect(chunks.reduce((sum, { data }) => sum + lengthOf(data), 0)).toBe(
          Number(file?.length),
        );
        const stored = await blobs.find(blob.blobId);
        expect(stored?.sizeBytes).toBe(size);
        const read = stored && (await readAll(blobs.read(stored, { first: 0, last: size - 1 })));
        expect(read?.equals(content)).toBe(true);
      }
    },
  );

  test("gives every window of itself", async () => {
    const content = randomBytes(6 * frame + 5);
    const blobs = openStore();
    const { blob } = await writeBlob(blobs, content, 1_000_000);
    const stored = await blobs.find(blob.blobId);
    const border = fc
      .integer({ min: 0, max: 6 })
      .chain((n) =>
        fc
          .integer({ min: -2, max: 2 })
          .map((off) => Math.min(content.length - 1, Math.max(0, n * frame + off))),
      );
    const position = fc.oneof(border, fc.integer({ min: 0, max: content.length - 1 }));

    await fc.assert(
      fc.asyncProperty(position, position, async (a, b) => {
        const window = { first: Math.min(a, b), last: Math.max(a, b) };
        const read = stored && (await readAll(blobs.read(stored, window)));
        expect(read?.equals(content.subarray(window.first, window.last + 1))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("exists for nobody before it is committed, and once however often it is", async () => {
    const blobs = openStore();
    const blob = beginBlob(blobs);
    const writer = blobs.openWriter(blob);
    await writer.append(randomBytes(10));
    const written = await writer.finish();

    expect(await blobs.find(blob.blobId)).toBeUndefined();
    await blobs.commit(blob, written);
    await blobs.commit(blob, written);

    expect(await blobs.find(blob.blobId)).toMatchObject({ sizeBytes: 10, chunkSizeBytes: CHUNK });
    expect(await bucket().files.countDocuments({ _id: blob.blobId })).toBe(1);
  });

  test("goes with all its chunks, committed or not, and may be removed twice", async () => {
    const blobs = openStore();
    const { blob } = await writeBlob(blobs, randomBytes(300 * 1024), 100_000);
    const uncommitted = beginBlob(blobs);
    const writer = blobs.openWriter(uncommitted);
    await writer.append(randomBytes(2 * CHUNK));
    await writer.finish();

    for (const { blobId } of [blob, blob, uncommitted, beginBlob(blobs)]) {
      await blobs.remove(blobId);
    }

    const left = { files_id: { $in: [blob.blobId, uncommitted.blobId] } };
    expect(await bucket().chunks.countDocuments(left)).toBe(0);
    expect(await blobs.find(blob.blobId)).toBeUndefined();
  });

  test("cannot be written by two writers: the second one fails", async () => {
    const blobs = openStore();
    const { blob } = await writeBlob(blobs, randomBytes(CHUNK), CHUNK);
    const second = blobs.openWriter(blob);
    await second.append(randomBytes(CHUNK));

    await expect(second.finish()).rejects.toThrow(/E11000|duplicate/i);
  });

  test("holds no cursor open, neither while its reader takes time nor when it goes away", async () => {
    const blobs = openStore();
    const content = randomBytes(12 * CHUNK);
    const { blob } = await writeBlob(blobs, content, 1_000_000);
    const stored = await blobs.find(blob.blobId);
    const openCursors = async () => {
      const status = await world().mongo.db.admin().serverStatus();
      const { metrics } = status as { metrics: { cursor: { open: { total: number | bigint } } } };
      return Number(metrics.cursor.open.total);
    };
    const before = await openCursors();

    for (let n = 0; n < 20 && stored; n += 1) {
      const pieces = blobs.read(stored, { first: 0, last: content.length - 1 });
      expect((await pieces.next()).done).toBe(false);
      if (n === 0) await eventually(openCursors, (open) => open <= before);
      await pieces.return();
    }

    expect(await eventually(openCursors, (open) => open <= before)).toBeLessThanOrEqual(before);
  });
});

const lengthOf = (data: unknown) => (data as Buffer).length;
