import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES } from "../../../common/storage/bucket.js";
import { newKey, openBlobs, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const CHUNKS = 64;
/** A client is quick when it has taken 4 MiB: until then 256 KiB are read at once, and from then on 1 MiB. */
const QUICK_CHUNKS = 37;
const FIRST_READ_CHUNKS = 2;
const READ_CHUNKS = 8;
/** Longer than a reader waits for its client before it lets go of what it has read. */
const SLOW_MS = 400;

const world = useWorld();

test.each([
  ["unencrypted", []],
  ["encrypted", [newKey("k1")]],
])("A reader of %s content is bounded, however slow its client is", async (_how, keys) => {
  const { db, commands, close } = watchCommands(world(), "find");
  const blobs = openBlobs(db, keys);
  const content = randomBytes(CHUNKS * CHUNK_SIZE_BYTES);
  const { blob } = await writeBlob(blobs, content);
  const found = await blobs.find(blob.blobId);
  if (found === undefined) throw new Error("The blob was not found");
  const limits = () =>
    commands.filter(({ find }) => find === "blobs.chunks").map(({ limit }) => Number(limit));
  const chunksRead = () => limits().reduce((sum, limit) => sum + limit, 0);
  const pieces: Buffer[] = [];
  const reader = blobs.read(found, { first: 0, last: content.length - 1 });
  const take = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const { value } = await reader.next();
      if (value !== undefined) pieces.push(value);
    }
  };

  await take(1);
  await sleep(50);
  const atFirst = limits();
  await take(QUICK_CHUNKS - 1);
  await sleep(50);
  const aheadOfQuick = chunksRead() - QUICK_CHUNKS;
  await sleep(SLOW_MS);
  const before = limits().length;
  await take(1);
  await sleep(SLOW_MS);
  const afterwards = limits().slice(before);
  await take(CHUNKS);
  await blobs.remove(blob.blobId);
  await close();

  expect(atFirst).toEqual([FIRST_READ_CHUNKS]);
  expect(aheadOfQuick).toBeGreaterThanOrEqual(READ_CHUNKS);
  expect(aheadOfQuick).toBeLessThanOrEqual(2 * READ_CHUNKS);
  expect(afterwards).toEqual([FIRST_READ_CHUNKS]);
  expect(Math.max(...limits())).toBe(READ_CHUNKS);
  // A client that is slow with one piece holds no others.
  for (const piece of pieces) expect(piece.buffer.byteLength).toBeLessThanOrEqual(CHUNK_SIZE_BYTES);
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
});
