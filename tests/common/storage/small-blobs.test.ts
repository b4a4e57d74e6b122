import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { Binary, Long, type ObjectId } from "mongodb";
import { newBlobId } from "../../../common/platform/ids.js";
import { type Bucket, openBucket } from "../../../common/storage/bucket.js";
import { DamagedContentError } from "../../../common/storage/errors.js";
import { newKey, openBlobs, readAll, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const MOST_BYTES_PER_COMMAND = MIB;

const world = useWorld({}, { isDamaged: true });

const bucket = () => openBucket(world().mongo.db);

/** Writes small blobs, and reads all of them in the same turn through a client whose `find` commands are kept. */
async function storeSmall({ count = 4, sizeBytes = 4 * KIB, keys = [newKey("k1")] } = {}) {
  const stored: { blobId: ObjectId; content: Buffer }[] = [];
  for (let n = 0; n < count; n += 1) {
    const content = randomBytes(sizeBytes);
    const { blob } = await writeBlob(openBlobs(world().mongo.db, keys), content);
    stored.push({ blobId: blob.blobId, content });
  }
  stored.sort((a, b) => a.blobId.toHexString().localeCompare(b.blobId.toHexString()));
  const read = async () => {
    const watched = watchCommands(world(), "find");
    const blobs = openBlobs(watched.db, keys);
    const outcomes = await Promise.allSettled(
      stored.map(async ({ blobId }) => {
        const blob = await blobs.find(blobId);
        if (blob === undefined) throw new Error("The blob is gone");
        return readAll(blobs.read(blob, { first: 0, last: blob.sizeBytes - 1 }));
      }),
    );
    await watched.close();
    const commands = watched.commands.filter(({ find }) => find === "blobs.chunks");
    return { outcomes, commands };
  };
  return { stored, read };
}

const outcomesOf = (stored: readonly { content: Buffer }[], failed: readonly number[]) =>
  stored.map(({ content }, n) =>
    failed.includes(n)
      ? { status: "rejected", reason: expect.any(DamagedContentError) }
      : { status: "fulfilled", value: content },
  );

describe("Small blobs that are read in the same turn of the event loop", () => {
  test.each([
    ["plain", []],
    ["encrypted", [newKey("k1")]],
  ])("and %s come with one command, each with its own content", async (_how, keys) => {
    const { stored, read } = await storeSmall({ count: 20, keys });

    const { outcomes, commands } = await read();

    expect(outcomes).toEqual(outcomesOf(stored, []));
    expect(commands).toHaveLength(1);
  });

  test("come with as many commands as it takes for none to bring more than 1 MiB", async () => {
    const sizeBytes = 16 * KIB;
    const { stored, read } = await storeSmall({ count: 150, sizeBytes, keys: [] });

    const { outcomes, commands } = await read();

    expect(outcomes).toEqual(outcomesOf(stored, []));
    expect(commands.length).toBeGreaterThanOrEqual((150 * sizeBytes) / MOST_BYTES_PER_COMMAND);
    for (const { limit } of commands) {
      expect(Number(limit) * sizeBytes).toBeLessThanOrEqual(MOST_BYTES_PER_COMMAND);
    }
  });

  test.each<[string, (bucket: Bucket, blobId: ObjectId, otherId: ObjectId) => Promise<unknown>]>([
    ["has no chunk", ({ chunks }, blobId) => chunks.deleteOne({ files_id: blobId })],
    ["is shorter than it was", ({ chunks }, blobId) => setData(chunks, blobId, 100)],
    ["has the bytes of another one", copyChunk],
  ])("fail alone when one %s", async (_what, damage) => {
    const { stored, read } = await storeSmall();
    await damage(bucket(), at(stored, 1).blobId, at(stored, 2).blobId);

    const { outcomes } = await read();

    expect(outcomes).toEqual(outcomesOf(stored, [1]));
  });

  test("are not missing when others among them are larger than an answer of MongoDB can be", async () => {
    const { stored, read } = await storeSmall({ count: 6 });
    for (const n of [0, 1]) await setData(bucket().chunks, at(stored, n).blobId, 12 * MIB);

    const { outcomes } = await read();

    expect(outcomes).toEqual(outcomesOf(stored, [0, 1]));
  });
});

test("A small blob that another GridFS tool cut into still smaller chunks comes whole", async () => {
  const blobId = newBlobId();
  const content = randomBytes(2500);
  const chunkSize = KIB;
  await bucket().chunks.insertMany(
    [0, 1, 2].map((n) => ({
      _id: newBlobId(),
      files_id: blobId,
      n,
      data: new Binary(content.subarray(n * chunkSize, (n + 1) * chunkSize)),
    })),
  );
  const length = Long.fromNumber(content.length);
  const uploadDate = new Date();
  await bucket().files.insertOne({ _id: blobId, length, chunkSize, uploadDate, filename: "" });

  const blobs = openBlobs(world().mongo.db, []);
  const blob = await blobs.find(blobId);
  if (blob === undefined) throw new Error("The blob is gone");

  expect(await readAll(blobs.read(blob, { first: 0, last: 2499 }))).toEqual(content);
});

const setData = (chunks: Bucket["chunks"], blobId: ObjectId, bytes: number) =>
  chunks.updateOne({ files_id: blobId }, { $set: { data: new Binary(Buffer.alloc(bytes)) } });

async function copyChunk({ chunks }: Bucket, to: ObjectId, from: ObjectId): Promise<void> {
  const other = await chunks.findOne({ files_id: from });
  if (other !== null) await chunks.updateOne({ files_id: to }, { $set: { data: other.data } });
}

function at<T>(list: readonly T[], n: number): T {
  const item = list[n];
  if (item === undefined) throw new RangeError(`There is no ${n}`);
  return item;
}
