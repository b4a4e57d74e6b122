import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Binary, Long, type ObjectId } from "mongodb";
import { CHUNK_SIZE_BYTES as CHUNK, openBucket } from "../../../common/storage/bucket.js";
import { ChunkInserter } from "../../../common/storage/blob-writer.js";
import { beginBlob, newKey, openBlobs, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";

const FRAME = CHUNK - 16;
const CHUNKS = 6;

const world = useWorld({}, { isDamaged: true });
const keys = [newKey("k1")];

const bucket = () => openBucket(world().mongo.db);
const openStore = () => openBlobs(world().mongo.db, keys);

const chunksOf = (blobId: ObjectId) =>
  bucket().chunks.find({ files_id: blobId }, { promoteBuffers: true }).sort({ n: 1 }).toArray();

type Chunks = Awaited<ReturnType<typeof chunksOf>>;

/** Reads as far as it goes. */
async function readUntilError(blobId: ObjectId, window?: { first: number; last: number }) {
  const pieces: Buffer[] = [];
  let error: unknown;
  try {
    const blobs = openStore();
    const blob = await blobs.find(blobId);
    if (blob === undefined) throw new Error("The blob is gone");
    const all = { first: 0, last: blob.sizeBytes - 1 };
    for await (const piece of blobs.read(blob, window ?? all)) pieces.push(piece);
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(pieces), error };
}

/** What can be done to the chunks of a blob, and the first one that is wrong afterwards. */
interface Damage {
  readonly name: string;
  readonly firstWrong: number;
  readonly apply: (chunks: Chunks, others: Chunks) => Chunks;
}

const place = fc.nat({ max: CHUNKS - 1 });
const at = <T>(list: readonly T[], n: number): T => {
  const item = list[n];
  if (item === undefined) throw new Error(`There is no ${n}`);
  return item;
};
const bytesOf = (chunk: Chunks[number]) => Buffer.from(chunk.data as Buffer);

const flip = fc.tuple(place, fc.nat(), fc.nat({ max: 7 })).map(([n, position, bit]): Damage => ({
  name: "a bit is flipped",
  firstWrong: n,
  apply: (chunks) =>
    chunks.map((chunk) => {
      if (chunk.n !== n) return chunk;
      const data = bytesOf(chunk);
      const index = position % data.length;
      data.writeUInt8(data.readUInt8(index) ^ (1 << bit), index);
      return { ...chunk, data };
    }),
}));
const drop = place.map((n): Damage => ({
  name: "a chunk is dropped",
  firstWrong: n,
  apply: (chunks) => chunks.filter((chunk) => chunk.n !== n),
}));
const swap = fc
  .tuple(place, place)
  .filter(([a, b]) => a !== b)
  .map(([a, b]): Damage => ({
    name: "two chunks are swapped",
    firstWrong: Math.min(a, b),
    apply: (chunks) => {
      const to = (n: number) => (n === a ? b : n === b ? a : n);
      return chunks.map((chunk) => ({ ...chunk, n: to(chunk.n) }));
    },
  }));
const replay = fc
  .tuple(place, place)
  .filter(([a, b]) => a !== b)
  .map(([from, to]): Damage => ({
    name: "a chunk is replayed in another place",
    firstWrong: to,
    apply: (chunks) =>
      chunks.map((chunk) => (chunk.n === to ? { ...chunk, data: at(chunks, from).data } : chunk)),
  }));
const foreign = place.map((n): Damage => ({
  name: "a chunk of another blob stands in its place",
  firstWrong: n,
  apply: (chunks, others) =>
    chunks.map((chunk) => (chunk.n === n ? { ...chunk, data: at(others, n).data } : chunk)),
}));
const writer = fc
  .tuple(place, fc.oneof(fc.integer({ min: 1 }), fc.double(), fc.constantFrom(-1, 2 ** 40)))
  .filter(([, token]) => token !== 0)
  .map(([n, token]): Damage => ({
    name: "a chunk names another writer",
    firstWrong: n,
    apply: (chunks) =>
      chunks.map((chunk) => (chunk.n === n ? { ...chunk, fencingToken: token } : chunk)),
  }));
const type = place.map((n): Damage => ({
  name: "a chunk is no longer binary",
  firstWrong: n,
  apply: (chunks) =>
    chunks.map((chunk) =>
      chunk.n === n ? { ...chunk, data: "text" as unknown as Binary } : chunk,
    ),
}));

describe("Encrypted content", () => {
  test("of which a stored bit is flipped, or a chunk dropped, swapped or replayed, is damaged, and nothing wrong leaves", async () => {
    const blobs = openStore();
    const content = randomBytes((CHUNKS - 1) * FRAME + 12_345);
    const { blob } = await writeBlob(blobs, content);
    const { blob: other } = await writeBlob(blobs, randomBytes(content.length));
    const [whole, others] = await Promise.all([chunksOf(blob.blobId), chunksOf(other.blobId)]);
    const anyDamage = fc.oneof(flip, flip, drop, swap, replay, foreign, writer, type);
    const seen = new Set<string>();

    await fc.assert(
      fc.asyncProperty(anyDamage, async ({ name, firstWrong, apply }) => {
        await bucket().chunks.deleteMany({ files_id: blob.blobId });
        await bucket().chunks.insertMany(apply(whole, others));

        const { bytes, error } = await readUntilError(blob.blobId);

        expect(error).toMatchObject({ code: "damaged-content" });
        expect(bytes.length).toBeLessThanOrEqual(firstWrong * FRAME);
        expect(content.subarray(0, bytes.length).equals(bytes)).toBe(true);
        const inside = { first: firstWrong * FRAME + 1, last: firstWrong * FRAME + 2 };
        const range = await readUntilError(blob.blobId, inside);
        expect(range).toMatchObject({ bytes: { length: 0 }, error: { code: "damaged-content" } });
        seen.add(name);
      }),
      { numRuns: 120 },
    );
    expect(seen.size).toBe(7);
  });

  test.each([1, 2, CHUNKS - 1])(
    "that is cut short by %i chunks, with a length that fits, is damaged",
    async (cut) => {
      const content = randomBytes(CHUNKS * FRAME);
      const { blob } = await writeBlob(openStore(), content);
      const left = CHUNKS - cut;
      await bucket().chunks.deleteMany({ files_id: blob.blobId, n: { $gte: left } });
      await setFile(blob.blobId, { length: Long.fromNumber(left * CHUNK) });

      const { bytes, error } = await readUntilError(blob.blobId);

      expect(error).toMatchObject({ code: "damaged-content" });
      expect(bytes.length).toBeLessThanOrEqual((left - 1) * FRAME);
    },
  );

  test("does not pass for empty: that it is empty is authenticated too", async () => {
    const blobs = openStore();
    const { blob: empty } = await writeBlob(blobs, Buffer.alloc(0));
    const { blob: full } = await writeBlob(blobs, randomBytes(FRAME));
    expect(await readUntilError(empty.blobId)).toMatchObject({ error: undefined });

    const [seal] = await chunksOf(empty.blobId);
    await setFile(full.blobId, { length: Long.fromNumber(16) });
    await bucket().chunks.updateOne(
      { files_id: full.blobId },
      { $set: { data: seal?.data ?? new Binary() } },
    );
    await bucket().chunks.deleteMany({ files_id: empty.blobId });

    for (const { blobId } of [full, empty]) {
      expect(await readUntilError(blobId)).toMatchObject({ error: { code: "damaged-content" } });
    }
  });

  test.each([
    ["shorter than a seal", { length: Long.fromNumber(15) }],
    ["negative", { length: Long.fromNumber(-1) }],
    ["a chunk and no more than a seal", { length: Long.fromNumber(CHUNK + 16) }],
    ["of chunks of nothing", { chunkSize: 0 }],
    ["of chunks that are no number", { chunkSize: "many" as unknown as number }],
  ])("whose length is %s is damaged", async (_, change) => {
    const { blob } = await writeBlob(openStore(), randomBytes(100));
    await setFile(blob.blobId, change);

    expect(await readUntilError(blob.blobId)).toMatchObject({
      bytes: { length: 0 },
      error: { code: "damaged-content" },
    });
  });

  test("of two writers opens, each frame with the fencing token that it was encrypted with", async () => {
    const blobs = openStore();
    const blob = beginBlob(blobs);
    const content = randomBytes(FRAME + 10);
    const cipher = blobs.ciphersOf(blob)?.frames;
    const frames = [content.subarray(0, FRAME), content.subarray(FRAME)];
    for (const [n, bytes] of frames.entries()) {
      const inserter = new ChunkInserter({
        bucket: bucket(),
        blobId: blob.blobId,
        cipher,
        fencingToken: n + 1,
      });
      const frame = { n, pieces: [bytes], sizeBytes: bytes.length, isLast: n === 1 };
      await inserter.insert(frame);
      await inserter.flush();
    }
    await blobs.commit(blob, { sizeBytes: content.length, sha256: "", crc32: 0 });

    const { bytes, error } = await readUntilError(blob.blobId);
    expect(error).toBeUndefined();
    expect(bytes.equals(content)).toBe(true);
    expect((await chunksOf(blob.blobId)).map((chunk) => chunk.fencingToken)).toEqual([1, 2]);
    await bucket().chunks.updateOne({ files_id: blob.blobId, n: 1 }, { $set: { fencingToken: 1 } });
    expect(await readUntilError(blob.blobId)).toMatchObject({ error: { code: "damaged-content" } });
  });
});

async function setFile(blobId: ObjectId, change: object): Promise<void> {
  await bucket().files.updateOne({ _id: blobId }, { $set: change });
}
