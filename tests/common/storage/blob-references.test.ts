import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { ObjectId } from "mongodb";
import { newBlobId, newId } from "../../../common/platform/ids.js";
import { OrderedWrites } from "../../../common/platform/ordered-writes.js";
import { BlobReferences } from "../../../common/storage/blob-references.js";
import { openBucket } from "../../../common/storage/bucket.js";
import { openBlobs, writeBlob } from "../../support/blobs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({}, { isDamaged: true });

const bucket = () => openBucket(world().mongo.db);

/** @param named - The versions that name any blob. */
const open = (named: readonly string[] = []) =>
  new BlobReferences({ bucket: bucket(), namedBy: () => Promise.resolve(named) });

const write = async () => (await writeBlob(openBlobs(world().mongo.db, []), randomBytes(10))).blob;

async function add(blobId: ObjectId, versionId: string, besideId: string): Promise<boolean> {
  const addition = open().addition(blobId, { versionId, besideId });
  return (await new OrderedWrites(world().mongo.db).run({ addition })).addition === 1;
}

const chunksOf = (blobId: ObjectId) => bucket().chunks.countDocuments({ files_id: blobId });

describe("A blob", () => {
  test("is held by the version that it was committed for, and by those that are added beside one that holds it", async () => {
    const { blobId, versionId } = await write();
    const [second, stranger] = [newId(), newId()];

    expect(await open().holdersOf(blobId)).toEqual([versionId]);
    expect(await add(blobId, second, stranger)).toBe(false);
    expect(await add(blobId, second, versionId)).toBe(true);
    expect(await add(blobId, second, versionId)).toBe(true);

    expect(await open().holdersOf(blobId)).toEqual([versionId, second]);
    expect(await open().isHeld(blobId, second)).toBe(true);
    expect(await open().isHeld(blobId, stranger)).toBe(false);
    expect(await add(newBlobId(), second, versionId)).toBe(false);
  });

  test("stays until its last version has released it, and each may release it twice", async () => {
    const { blobId, versionId } = await write();
    const second = newId();
    await add(blobId, second, versionId);

    await open().release(blobId, versionId);
    await open().release(blobId, versionId);
    expect(await open().holdersOf(blobId)).toEqual([second]);
    expect(await chunksOf(blobId)).toBe(1);

    await open().release(blobId, second);
    await open().release(blobId, second);
    expect(await open().holdersOf(blobId)).toBeUndefined();
    expect(await chunksOf(blobId)).toBe(0);
  });

  test("goes when all of its versions release it at once", async () => {
    const { blobId, versionId } = await write();
    const others = [newId(), newId(), newId()];
    for (const id of others) await add(blobId, id, versionId);

    await Promise.all([versionId, ...others].map((id) => open().release(blobId, id)));

    expect(await open().holdersOf(blobId)).toBeUndefined();
    expect(await chunksOf(blobId)).toBe(0);
  });

  test("of which the document is lost keeps its chunks while another version names it", async () => {
    const { blobId, versionId } = await write();
    const second = newId();
    await bucket().files.deleteOne({ _id: blobId });

    await open([versionId, second]).release(blobId, versionId);
    expect(await chunksOf(blobId)).toBe(1);

    await open([second]).release(blobId, second);
    expect(await chunksOf(blobId)).toBe(0);
  });

  test("of which the document was restored without the set is held by the versions that name it", async () => {
    const { blobId, versionId } = await write();
    const second = newId();
    await bucket().files.updateOne({ _id: blobId }, { $unset: { "metadata.versionIds": "" } });

    await open([versionId, second]).release(blobId, versionId);

    expect(await open([second]).holdersOf(blobId)).toEqual([second]);
    expect(await chunksOf(blobId)).toBe(1);
  });

  test("that is forgotten leaves its chunks to those that read them", async () => {
    const { blobId, versionId } = await write();

    await open().forget(blobId, versionId);

    expect(await open().holdersOf(blobId)).toBeUndefined();
    expect(await chunksOf(blobId)).toBe(1);
  });
});
