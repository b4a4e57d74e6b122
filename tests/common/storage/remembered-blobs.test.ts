import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Long, type ObjectId } from "mongodb";
import { newBlobId } from "../../../common/platform/ids.js";
import { type BlobFileDoc, openBucket } from "../../../common/storage/bucket.js";
import { DamagedContentError } from "../../../common/storage/errors.js";
import { rememberedBlobs } from "../../../common/storage/remembered-blobs.js";
import { newKey, openBlobs, readAll, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const KEYS = [newKey("k1")];
/** As many as are remembered. */
const MOST = 1000;

const world = useWorld({}, { isDamaged: true });

let watched: ReturnType<typeof watchCommands>;

beforeEach(() => {
  watched = watchCommands(world(), "find");
});

afterEach(() => watched.close());

const remembering = () => rememberedBlobs(openBlobs(watched.db, KEYS));
const looks = () => watched.commands.filter(({ find }) => find === "blobs.files").length;

async function insertEmptyBlobs(count: number): Promise<ObjectId[]> {
  const documents = Array.from({ length: count }, (): BlobFileDoc => {
    const _id = newBlobId();
    const filename = _id.toHexString();
    return { _id, length: Long.ZERO, chunkSize: 1024, uploadDate: new Date(), filename };
  });
  await openBucket(world().mongo.db).files.insertMany(documents);
  return documents.map(({ _id }) => _id);
}

describe("Remembered blobs", () => {
  test("are looked for once, and each of their ranges is read", async () => {
    const content = randomBytes(300_000);
    const { blob } = await writeBlob(openBlobs(world().mongo.db, KEYS), content);
    const blobs = remembering();

    for (const first of [0, 150_000, 299_000]) {
      const found = await blobs.find(blob.blobId);
      if (found === undefined) throw new Error("The blob is gone");
      const range = await readAll(blobs.read(found, { first, last: first + 999 }));
      expect(range.equals(content.subarray(first, first + 1000))).toBe(true);
    }

    expect(looks()).toBe(1);
  });

  test("are not those that were looked for before they were there", async () => {
    const [blobId = newBlobId()] = await insertEmptyBlobs(1);
    const document = await openBucket(world().mongo.db).files.findOneAndDelete({ _id: blobId });
    const blobs = remembering();

    expect(await blobs.find(blobId)).toBeUndefined();
    if (document !== null) await openBucket(world().mongo.db).files.insertOne(document);
    expect(await blobs.find(blobId)).toMatchObject({ blobId });
  });

  test("whose chunks were removed are not read", async () => {
    const store = openBlobs(world().mongo.db, KEYS);
    const { blob } = await writeBlob(store, randomBytes(1000));
    const blobs = remembering();
    await blobs.find(blob.blobId);

    await store.remove(blob.blobId);

    const found = await blobs.find(blob.blobId);
    if (found === undefined) throw new Error("It is not remembered");
    const reading = readAll(blobs.read(found, { first: 0, last: 999 }));
    await expect(reading).rejects.toThrow(DamagedContentError);
  });

  test(`are ${MOST}, the last that were found`, async () => {
    const [first = newBlobId(), second = newBlobId(), ...others] = await insertEmptyBlobs(MOST + 1);
    const blobs = remembering();
    for (const blobId of [first, second]) await blobs.find(blobId);
    await Promise.all(others.map((blobId) => blobs.find(blobId)));
    const before = looks();

    await blobs.find(second);
    expect(looks()).toBe(before);
    await blobs.find(first);
    expect(looks()).toBe(before + 1);
  });
});
