import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { MongoClient } from "mongodb";
import { beginBlob, newKey, openBlobs } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";

const MIB = 1024 ** 2;

/** Of each upload, at once: about 3 MiB in memory. */
const MOST_INSERTS = 2;
/** Of 127 KiB each, as many as 1 MiB holds. */
const MOST_CHUNKS = 8;

const world = useWorld();

/** A database whose inserts are watched: how many run at once, and how many documents each brings. */
function watchInserts() {
  const client = new MongoClient(world().config.mongodbUrl, { monitorCommands: true });
  const running = new Set<number>();
  const most = { inserts: 0, chunks: 0 };
  client.on("commandStarted", ({ commandName, requestId, command }) => {
    if (commandName !== "insert" || command["insert"] !== "blobs.chunks") return;
    running.add(requestId);
    const { length } = command["documents"] as unknown[];
    most.inserts = Math.max(most.inserts, running.size);
    most.chunks = Math.max(most.chunks, length);
  });
  client.on("commandSucceeded", ({ requestId }) => running.delete(requestId));
  return { client, db: client.db(world().mongo.db.databaseName), most };
}

describe("Inserts of chunks", () => {
  test.each([
    ["unencrypted", []],
    ["encrypted", [newKey("k1")]],
  ])("of %s content are bounded, however much arrives at once", async (_how, keys) => {
    const { client, db, most } = watchInserts();
    const blobs = openBlobs(db, keys);
    const blob = beginBlob(blobs);
    const writer = blobs.openWriter(blob);

    await writer.append(randomBytes(48 * MIB));
    const { sizeBytes } = await writer.finish();
    await blobs.remove(blob.blobId);
    await client.close();

    expect(sizeBytes).toBe(48 * MIB);
    expect(most.chunks).toBe(MOST_CHUNKS);
    expect(most.inserts).toBe(MOST_INSERTS);
  });
});
