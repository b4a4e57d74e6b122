import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { ObjectId } from "mongodb";
import { newBlobId } from "../../../common/platform/ids.js";
import { openRecords } from "../../../common/product.js";
import { CHUNK_SIZE_BYTES, openBucket } from "../../../common/storage/bucket.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { beginUpload } from "../../support/begin-upload.js";
import { newKey } from "../../support/blobs.js";
import type { World } from "../../support/world.js";
import { DAMAGES, listed, restore, scrub, storeFile, useScrubWorld } from "./scrub-world.js";

const SIZE_BYTES = 2 * CHUNK_SIZE_BYTES + 5000;

const told = (world: World, blobId: ObjectId) =>
  world.logs.lines.filter((line) => line["blobId"] === blobId.toHexString());

describe.each([
  ["plain", []],
  ["encrypted", [newKey("k1")]],
])("The scrub of %s content", (_how, keys) => {
  const world = useScrubWorld(keys);

  test.each(DAMAGES)(
    "finds that %s, says so by id (%s), and forgets it when it is repaired",
    async (_what, kind, damage) => {
      const stored = await storeFile(world(), SIZE_BYTES);
      const { blobId } = stored;
      await damage(world(), stored);

      await scrub(world());

      expect(await listed(world(), blobId)).toMatchObject({ kind, foundAt: expect.any(Date) });
      expect(told(world(), blobId)).toMatchObject([{ level: 50, kind }]);

      await restore(world(), stored);
      await scrub(world());

      expect(await listed(world(), blobId)).toBeNull();
    },
  );

  test.each([0, 1, CHUNK_SIZE_BYTES, SIZE_BYTES])(
    "finds nothing wrong with %i bytes that are as they came",
    async (sizeBytes) => {
      const { blobId } = await storeFile(world(), sizeBytes);

      await scrub(world());

      expect(await listed(world(), blobId)).toBeNull();
      expect(told(world(), blobId)).toEqual([]);
    },
  );

  test("says more than a blobs could who met the damage first, and keeps when that was", async () => {
    const stored = await storeFile(world(), SIZE_BYTES);
    const { blobId, version } = stored;
    await openBucket(world().mongo.db).chunks.deleteMany({ files_id: blobId });
    const { storage, damagedBlobs } = openRecords({
      db: world().mongo.db,
      settings: { encryptionKeys: keys },
      now: () => new Date(),
    });
    const { blobs } = storage;
    const found = await blobs.find(version.blobId);
    const reading = found && blobs.read(found, { first: 0, last: 9 });
    const error = await reading?.next().catch((thrown: unknown) => thrown);
    await damagedBlobs.noteUnreadable(error as never);
    const first = await listed(world(), blobId);

    await scrub(world());

    expect(first).toMatchObject({ kind: "unreadable" });
    expect(await listed(world(), blobId)).toMatchObject({
      kind: "missing-chunks",
      foundAt: first?.foundAt,
    });
  });
});

describe("The scrub", () => {
  const world = useScrubWorld();

  test("leaves what is being removed to those who are at it", async () => {
    const { blobId } = await storeFile(world(), SIZE_BYTES);
    const { db } = world().mongo;
    const purging = { isTrashed: true, purgingSince: new Date() };
    await db.collection("entries").updateOne({ blobId }, { $set: purging });
    await openBucket(db).files.deleteOne({ _id: blobId });

    await scrub(world());

    expect(await listed(world(), blobId)).toBeNull();
  });

  test("leaves uploads that are under way to those who are at it", async () => {
    const client = await world().member();
    const upload = await beginUpload(world(), client, { name: "under way" });
    await upload.receive(Readable.from([randomBytes(1000)]));
    const ledger = world().mongo.db.collection<UploadDoc>("uploads");
    const blobId = (await ledger.findOne())?.blobId ?? new ObjectId();

    await scrub(world());

    expect(await openBucket(world().mongo.db).files.countDocuments({ _id: blobId })).toBe(1);
    expect(await listed(world(), blobId)).toBeNull();
    await upload.abort();
  });

  test("leaves a copy that is being made, and what a copy has replaced, to those who are at it", async () => {
    const { version, file } = await storeFile(world(), 100);
    const { db } = world().mongo;
    const [replacementBlobId, replacedBlobId] = [newBlobId(), newBlobId()];
    const { files } = openBucket(db);
    await files.insertMany([
      { ...file, _id: replacementBlobId },
      { ...file, _id: replacedBlobId },
    ]);
    const versions = db.collection<VersionDoc>("versions");
    const marks = { replacementBlobId, replacedBlobId };
    await versions.updateOne({ _id: version._id }, { $set: marks });

    await scrub(world());
    const marked = [
      await listed(world(), replacementBlobId),
      await listed(world(), replacedBlobId),
    ];
    await versions.replaceOne({ _id: version._id }, version);
    await scrub(world());

    expect(marked).toEqual([null, null]);
    expect(await listed(world(), replacementBlobId)).toMatchObject({ kind: "missing-version" });
    expect(await listed(world(), replacedBlobId)).toMatchObject({ kind: "missing-version" });
    await files.deleteMany({ _id: { $in: [replacementBlobId, replacedBlobId] } });
  });

  test("forgets what was damaged when it is gone", async () => {
    const { blobId, version, path } = await storeFile(world(), SIZE_BYTES);
    await openBucket(world().mongo.db).chunks.deleteMany({ files_id: blobId });
    await scrub(world());
    expect(await listed(world(), blobId)).not.toBeNull();

    const actor = await world().actorFor(version.ownerId);
    const { access, removal } = world().services;
    const file = await access.file(actor, path.split("/").at(-1) ?? "", "delete");
    await removal.remove(file, { condition: null, isPermanent: true });
    await world().settle();
    await scrub(world());

    expect(await listed(world(), blobId)).toBeNull();
  });

  test("and the sweep leave the chunks of a file whose blobs.files document was lost", async () => {
    const stored = await storeFile(world(), SIZE_BYTES);
    const { files, chunks } = openBucket(world().mongo.db);
    await files.deleteOne({ _id: stored.blobId });

    for (let times = 0; times < 3; times += 1) await world().sweep();

    expect(await chunks.countDocuments({ files_id: stored.blobId })).toBe(stored.chunks.length);
    await restore(world(), stored);
  });

  test("that lacks a key says so, and calls nothing damaged", async () => {
    const sealed = { encryptionKeys: [newKey("lost")] };
    const url = await world().addWeb(sealed);
    await (await world().member(url)).store("sealed", "secret");
    const version = await world().mongo.db.collection("versions").findOne({ sizeBytes: 6 });
    const blobId = version?.["blobId"] as ObjectId;

    await scrub(world());

    expect(await listed(world(), blobId)).toBeNull();
    expect(told(world(), blobId)).toMatchObject([{ level: 40, keyId: "lost" }]);
    await world().mongo.db.collection("versions").deleteMany({ sizeBytes: 6 });
    await openBucket(world().mongo.db).files.deleteOne({ _id: blobId });
  });
});
