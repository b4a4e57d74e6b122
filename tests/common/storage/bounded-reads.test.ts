import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES } from "../../../common/storage/bucket.js";
import { newKey, openBlobs, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

/** What a reader may be ahead of its client: two commands, each of at most 512 KiB. */
const MOST_COMMANDS = 2;
const MOST_CHUNKS = 4;

const world = useWorld();

test.each([
  ["unencrypted", []],
  ["encrypted", [newKey("k1")]],
])("A reader of %s content is bounded, however slow its client is", async (_how, keys) => {
  const { db, commands, close } = watchCommands(world(), "find");
  const blobs = openBlobs(db, keys);
  const content = randomBytes(24 * CHUNK_SIZE_BYTES);
  const { blob } = await writeBlob(blobs, content);
  const found = await blobs.find(blob.blobId);
  if (found === undefined) throw new Error("The blob was not found");
  const reads = () => commands.filter(({ find }) => find === "blobs.chunks");

  const reader = blobs.read(found, { first: 0, last: content.length - 1 });
  const pieces = [(await reader.next()).value];
  await sleep(50);
  const ahead = reads().length - 1;
  for await (const piece of reader) pieces.push(piece);
  await blobs.remove(blob.blobId);
  await close();

  expect(ahead).toBe(MOST_COMMANDS);
  expect(Math.max(...reads().map(({ limit }) => Number(limit)))).toBe(MOST_CHUNKS);
  expect(Buffer.concat(pieces.map((piece) => piece ?? Buffer.alloc(0))).equals(content)).toBe(true);
});
