import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { GridFSBucket } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function download(bucket: GridFSBucket, name: string, range = {}): Promise<Buffer> {
  const stream = bucket.openDownloadStreamByName(name, range);
  return Buffer.concat(await stream.toArray());
}

describe("the driver's GridFS streams", () => {
  test("store and return files of all sizes", async () => {
    const bucket = new GridFSBucket(world.db, { bucketName: "sizes" });
    const files = [0, 1, 255 * 1024, 255 * 1024 + 1, 5_000_000].map((size) => randomBytes(size));

    for (const [index, bytes] of files.entries())
      await pipeline(Readable.from([bytes]), bucket.openUploadStream(`f${index}`));

    for (const [index, bytes] of files.entries())
      expect(sha256(await download(bucket, `f${index}`))).toBe(sha256(bytes));
  });

  test("read ranges across chunk borders", async () => {
    const bucket = new GridFSBucket(world.db, { bucketName: "ranges", chunkSizeBytes: 1000 });
    const bytes = randomBytes(10_500);
    await pipeline(Readable.from([bytes]), bucket.openUploadStream("f"));

    const part = await download(bucket, "f", { start: 999, end: 3001 });
    const tail = await download(bucket, "f", { start: 10_400, end: 10_500 });

    expect(part.equals(bytes.subarray(999, 3001))).toBe(true);
    expect(tail.equals(bytes.subarray(10_400))).toBe(true);
  });

  test("work for twenty files at once, and delete, rename and drop", async () => {
    const bucket = new GridFSBucket(world.db, { bucketName: "many" });
    const files = Array.from({ length: 20 }, () => randomBytes(600_000));

    const ids = await Promise.all(
      files.map(async (bytes, index) => {
        const upload = bucket.openUploadStream(`f${index}`);
        await pipeline(Readable.from([bytes]), upload);
        return upload.id;
      }),
    );
    const digests = await Promise.all(files.map((_, index) => download(bucket, `f${index}`)));
    expect(digests.map(sha256)).toEqual(files.map(sha256));

    const [first, second] = ids;
    if (first === undefined || second === undefined) throw new Error("Nothing was uploaded");
    await bucket.delete(first);
    await bucket.rename(second, "other");
    expect((await bucket.find().toArray()).map(({ filename }) => filename)).toContain("other");
    expect(await world.db.collection("many.chunks").countDocuments({ files_id: first })).toBe(0);
    await bucket.drop();
    expect(await world.db.collection("many.chunks").countDocuments()).toBe(0);
  });
});
