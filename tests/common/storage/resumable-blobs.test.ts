import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { BlobStore, NewBlob } from "../../../common/storage/blob-store.js";
import { CHUNK_SIZE_BYTES as CHUNK, openBucket } from "../../../common/storage/bucket.js";
import { DamagedContentError } from "../../../common/storage/errors.js";
import {
  type BlobProgress,
  emptyProgress,
  ResumableBlobs,
  type UnfinishedBlob,
} from "../../../common/storage/resumable-blobs.js";
import { beginBlob, newKey, openBlobs, readAll } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });

const STORES = [
  { name: "plain", keys: [] },
  { name: "encrypted", keys: [newKey("k1")] },
];

interface Stores {
  readonly blobs: BlobStore;
  readonly resumables: ResumableBlobs;
}

function openStores(keys: (typeof STORES)[number]["keys"]): Stores {
  const { db } = world().mongo;
  const blobs = openBlobs(db, keys);
  const now = () => new Date();
  return { blobs, resumables: new ResumableBlobs({ bucket: openBucket(db), blobs, now }) };
}

/** A state as another build of hash-wasm marks it: the first 4 bytes name the build. */
function ofAnotherBuild(state: Uint8Array): Uint8Array {
  const other = Uint8Array.from(state);
  other.set(other.subarray(0, 4).map((byte) => byte ^ 0xff));
  return other;
}

/** Keeps an unfinished blob after its first bytes, with a digest that nobody can go on with. */
async function beginElsewhere({ blobs, resumables }: Stores, blob: NewBlob, first: Buffer) {
  const writer = await resumables.resumeWriter(unfinished(blob, await emptyProgress(), 1));
  await writer.append(first);
  const progress = await writer.checkpoint();
  const held = blobs.ciphersOf(blob)?.held;
  const place = { what: "digest", offset: progress.offset } as const;
  const state = held?.decrypt(progress.digestState, place) ?? progress.digestState;
  const other = Buffer.from(ofAnotherBuild(state));
  return unfinished(blob, { ...progress, digestState: held?.encrypt(other, place) ?? other }, 2);
}

function unfinished(blob: NewBlob, progress: BlobProgress, fencingToken: number): UnfinishedBlob {
  return { chunkSizeBytes: CHUNK, ...blob, ...progress, fencingToken };
}

describe.each(STORES)("An unfinished blob in a store that is $name", ({ keys }) => {
  test.each([0, 1, CHUNK - 16, CHUNK, CHUNK + 1, 5 * CHUNK + 7])(
    "is gone on with after %i bytes, though another release kept the state of its digest",
    async (size) => {
      const stores = openStores(keys);
      const blob = beginBlob(stores.blobs);
      const content = randomBytes(size + 100);
      const left = await beginElsewhere(stores, blob, content.subarray(0, size));

      const writer = await stores.resumables.resumeWriter(left);
      await writer.append(content.subarray(size));
      const written = await writer.finish();
      await stores.resumables.commit(left, written);

      expect(written.sha256).toBe(createHash("sha256").update(content).digest("hex"));
      const stored = await stores.blobs.find(blob.blobId);
      if (stored === undefined) throw new Error("The blob was not committed");
      const window = { first: 0, last: content.length - 1 };
      expect((await readAll(stores.blobs.read(stored, window))).equals(content)).toBe(true);
    },
  );

  test("keeps the size of chunks that it was begun with", async () => {
    const stores = openStores(keys);
    const blob = beginBlob(stores.blobs);
    const content = randomBytes(20_000);
    const begun = { ...unfinished(blob, await emptyProgress(), 1), chunkSizeBytes: 7000 };

    const writer = await stores.resumables.resumeWriter(begun);
    await writer.append(content);
    await stores.resumables.commit(begun, await writer.finish());

    const stored = await stores.blobs.find(blob.blobId);
    if (stored === undefined) throw new Error("The blob was not committed");
    expect(stored).toMatchObject({ chunkSizeBytes: 7000, sizeBytes: content.length });
    const window = { first: 6900, last: 14_100 };
    const read = await readAll(stores.blobs.read(stored, window));
    expect(read.equals(content.subarray(6900, 14_101))).toBe(true);
  });

  test("is not gone on with when a chunk that its digest has to be made of is gone", async () => {
    const stores = openStores(keys);
    const blob = beginBlob(stores.blobs);
    const left = await beginElsewhere(stores, blob, randomBytes(3 * CHUNK));
    await openBucket(world().mongo.db).chunks.deleteOne({ files_id: blob.blobId, n: 1 });

    await expect(stores.resumables.resumeWriter(left)).rejects.toThrow(DamagedContentError);
  });
});
