import { describe, expect, test } from "@jest/globals";
import { Binary, Long, ObjectId } from "mongodb";
import { CHUNK_SIZE_BYTES } from "../../../common/storage/bucket.js";
import { frameBytesOf } from "../../../common/storage/frames.js";
import { ResumableDigest } from "../../../common/storage/resumable-digest.js";
import { readScrubRecord } from "../../../common/maintenance/scrub/scrub-progress.js";
import { newKey } from "../../support/blobs.js";
import type { World } from "../../support/world.js";
import {
  DAMAGES,
  listed,
  restore,
  scrub,
  type Stored,
  storeFile,
  useScrubWorld,
} from "./scrub-world.js";

const SIZE_BYTES = 2 * CHUNK_SIZE_BYTES + 5000;

interface Within {
  readonly blobId: ObjectId;
  readonly offset: number;
  readonly digestState: Uint8Array | null;
}

/** Scrubs as if a process had stopped there. @returns How many bytes were read. */
async function goOn(world: World, { blobId, offset, digestState }: Within): Promise<number> {
  const { db } = world.mongo;
  const before = await readScrubRecord(db);
  const state = digestState === null ? null : new Binary(digestState);
  const within = { blobId, offset: Long.fromNumber(offset), digestState: state };
  const underWay = { startedAt: new Date(), endedAt: null, after: null, within };
  await db
    .collection<{ _id: string }>("sweeps")
    .updateOne(
      { _id: "scrub" },
      { $set: { leaseUntil: new Date(0), ...underWay } },
      { upsert: true },
    );
  await scrub(world);
  return (await readScrubRecord(db)).totalBytes - before.totalBytes;
}

async function stateOf(bytes: Buffer): Promise<Uint8Array> {
  const digest = await ResumableDigest.begin();
  digest.update(bytes);
  return digest.save();
}

describe.each([
  ["plain", []],
  ["encrypted", [newKey("k1")]],
])("A position inside %s content", (how, keys) => {
  const world = useScrubWorld(keys);
  const isEncrypted = how === "encrypted";
  const frameBytes = frameBytesOf({ chunkSizeBytes: CHUNK_SIZE_BYTES, isEncrypted });

  const positionIn = async ({ blobId, content }: Stored): Promise<Within> => ({
    blobId,
    offset: frameBytes,
    digestState: isEncrypted ? null : await stateOf(content.subarray(0, frameBytes)),
  });

  test("is gone on with where it fits, and where it does not the blob is read from its beginning", async () => {
    const stored = await storeFile(world(), SIZE_BYTES);
    const { blobId } = stored;
    const fitting = await positionIn(stored);
    const unfitting: Within[] = [
      { ...fitting, blobId: new ObjectId() },
      ...[0, 1, frameBytes + 1, SIZE_BYTES, 10 * frameBytes, -frameBytes].map((offset) => ({
        ...fitting,
        offset,
      })),
      ...(isEncrypted ? [] : [null, new Uint8Array(), new Uint8Array(116)]).map((digestState) => ({
        ...fitting,
        digestState,
      })),
    ];

    expect(await goOn(world(), fitting)).toBe(SIZE_BYTES - frameBytes);
    for (const within of unfitting) {
      expect([within, await goOn(world(), within)]).toEqual([within, SIZE_BYTES]);
    }
    expect(await listed(world(), blobId)).toBeNull();
  });

  test("hides nothing that is wrong behind it", async () => {
    const stored = await storeFile(world(), SIZE_BYTES);
    for (const [what, kind, damage] of DAMAGES) {
      await damage(world(), stored);

      await goOn(world(), await positionIn(stored));

      expect([what, await listed(world(), stored.blobId)]).toEqual([
        what,
        expect.objectContaining({ kind }),
      ]);
      await restore(world(), stored);
      await scrub(world());
    }
  });
});
