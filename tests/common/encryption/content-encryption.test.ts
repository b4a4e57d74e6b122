import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { FileEntry } from "../../../common/entries/entry.js";
import { newBlobId } from "../../../common/platform/ids.js";
import { CHUNK_SIZE_BYTES as CHUNK } from "../../../common/storage/bucket.js";
import { useWorld } from "../../support/use-world.js";
import { PlainStore } from "./plain-store.js";

const world = useWorld();
const store = new PlainStore(world);

describe("Encrypting what is stored", () => {
  test.each([0, 1, CHUNK - 16, CHUNK, 9 * CHUNK + 3])(
    "gives a file of %i bytes an encrypted blob with the same content, digest, ETag and usage",
    async (size) => {
      const mine = await store.store(randomBytes(size));
      const seen: number[] = [];

      const result = await store.encrypt({ onProgress: ({ done }) => seen.push(done) });

      expect(result).toEqual({ blobs: 1, bytes: size, left: 0, faults: [] });
      expect(seen.at(-1)).toBe(size);
      expect(await store.encrypt()).toEqual({ blobs: 0, bytes: 0, left: 0, faults: [] });
      await store.expectEncrypted(mine);
    },
  );

  test("gives each of the versions that share a blob one of its own, and nobody loses a byte", async () => {
    const mine = await store.store();
    const { json } = await mine.client.post(`/api/v1/files/${mine.file.id}/copy`, {});

    expect(await store.encrypt()).toMatchObject({ blobs: 2, left: 0, faults: [] });

    const blobIds = [mine.file, json].map(async (file) => (await store.versionOf(file)).blobId);
    expect(new Set((await Promise.all(blobIds)).map(String)).size).toBe(2);
    const plain = { "metadata.encryption.keyId": null };
    expect(await store.bucket.files.countDocuments(plain)).toBe(0);
    for (const file of [mine.file, json]) {
      expect((await store.read(mine.client, file)).equals(mine.content)).toBe(true);
      await mine.client.delete(file.links.content);
    }
    await store.expectNoOrphans();
  });

  test("leaves a download that is under way its bytes, until the orphan sweep comes", async () => {
    const mine = await store.store(randomBytes(20 * CHUNK));
    const { blobs } = store.records.storage;
    const before = await blobs.find(mine.version.blobId);
    if (before === undefined) throw new Error("There is no blob");
    const download = blobs.read(before, { first: 0, last: before.sizeBytes - 1 });
    const pieces = [(await download.next()).value ?? Buffer.alloc(0)];

    await store.encrypt();
    for await (const piece of download) pieces.push(piece);

    expect(Buffer.concat(pieces).equals(mine.content)).toBe(true);
    await store.expectEncrypted(mine);
  });

  test("is seen by a process that has read the file before, when its plain bytes are gone", async () => {
    const { client, content, file } = await store.store();
    const read = await store.openReader();
    expect((await read(client, file)).equals(content)).toBe(true);

    await store.encrypt();
    await store.expectNoOrphans();

    expect((await read(client, file)).equals(content)).toBe(true);
  });

  test("goes on where a run was killed before its copy was complete, and leaves nothing of that", async () => {
    const mine = await store.store();
    const { storage, versions: versionRepository } = store.records;
    const { blobs } = storage;
    const dead = newBlobId();
    await versionRepository.markReplacement(mine.version, dead);
    const writer = blobs.openWriter({ blobId: dead, encryption: blobs.newDataKey(dead) });
    await writer.append(mine.content);
    await writer.finish();
    await world().sweep();
    await world().sweep();
    expect(await store.bucket.chunks.countDocuments({ files_id: dead })).toBe(4);

    expect(await store.encrypt()).toMatchObject({ blobs: 1, faults: [] });

    expect(await store.bucket.chunks.countDocuments({ files_id: dead })).toBe(0);
    await store.expectEncrypted(mine);
  });

  test.each(["version", "file", "blobs.files"])(
    "goes on where a run was killed after it had changed the %s",
    async (last) => {
      const mine = await store.store();
      const { storage, entries: files, versions: versionRepository } = store.records;
      const { blobs, references } = storage;
      const blobId = newBlobId();
      const { _id: versionId, blobId: copyOf } = mine.version;
      const copy = { blobId, versionId, encryption: blobs.newDataKey(blobId), copyOf };
      const marked = await versionRepository.markReplacement(mine.version, blobId);
      const writer = blobs.openWriter(copy);
      await writer.append(mine.content);
      await blobs.commit(copy, await writer.finish());
      const replaced = marked && (await versionRepository.showReplacement(marked));
      if (replaced === null) throw new Error("Not replaced");
      if (last !== "version") await files.showCopy(replaced);
      if (last === "blobs.files") await references.forget(copyOf, versionId);
      expect((await store.read(mine.client, mine.file)).equals(mine.content)).toBe(true);

      expect(await store.encrypt()).toMatchObject({ faults: [], left: 0 });

      await store.expectEncrypted(mine);
    },
  );

  test("is invisible to a reader that had read the file before: its version tells where the content is", async () => {
    const mine = await store.store();
    await store.encrypt();
    const files = world().mongo.db.collection<FileEntry>("entries");
    const setBlob = (blobId: FileEntry["blobId"]) =>
      files.updateOne({ _id: mine.file.id }, { $set: { blobId } });
    const { blobId } = await store.versionOf(mine.file);

    await setBlob(mine.version.blobId);

    expect((await store.read(mine.client, mine.file)).equals(mine.content)).toBe(true);
    await setBlob(blobId);
    await store.expectEncrypted(mine);
  });
});

describe("A committed copy that no version names", () => {
  test("is removed by the sweep", async () => {
    const mine = await store.store();
    const { blobs } = store.records.storage;
    const blobId = newBlobId();
    const { _id: versionId, blobId: copyOf } = mine.version;
    const copy = { blobId, versionId, encryption: blobs.newDataKey(blobId), copyOf };
    const writer = blobs.openWriter(copy);
    await writer.append(mine.content);
    await blobs.commit(copy, await writer.finish());

    await world().sweep();
    await world().sweep();

    expect(await blobs.find(blobId)).toBeUndefined();
    expect(await store.bucket.chunks.countDocuments({ files_id: blobId })).toBe(0);
    await store.encrypt();
    await store.expectEncrypted(mine);
  });
});
