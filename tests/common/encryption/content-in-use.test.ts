import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES as CHUNK } from "../../../common/storage/bucket.js";
import { beginUpload } from "../../support/begin-upload.js";
import { useWorld } from "../../support/use-world.js";
import { PlainStore } from "./plain-store.js";

const world = useWorld();
const store = new PlainStore(world);

describe("Encrypting what is in use", () => {
  test("that is interrupted leaves nothing half-done", async () => {
    const mine = await store.store(randomBytes(12 * CHUNK));
    const stopping = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done > 3 * CHUNK) stopping.abort();
    };

    await expect(store.encrypt({ signal: stopping.signal, onProgress })).rejects.toThrow(/abort/);

    expect(await store.versionOf(mine.file)).toEqual(mine.version);
    expect(await store.bucket.chunks.countDocuments()).toBe(12);
    await store.encrypt();
    await store.expectEncrypted(mine);
  });

  test("may run several times at once", async () => {
    const mine = await store.store(randomBytes(12 * CHUNK));

    const results = await Promise.all([store.encrypt(), store.encrypt(), store.encrypt()]);
    await store.encrypt();

    expect(results.flatMap(({ faults }) => faults)).toEqual([]);
    await store.expectEncrypted(mine);
  });

  test.each([0, 3, 9, 11])(
    "does not bring back a file that is deleted when %i chunks were copied, and releases its quota once",
    async (copied) => {
      const { client, content, file } = await store.store(randomBytes(12 * CHUNK));
      let deleted: Promise<unknown> | undefined;
      const remove = async () => {
        await client.delete(file.links.content);
        await world().settle();
      };

      const result = await store.encrypt({
        onProgress: ({ done }) => {
          if (done >= copied * CHUNK) deleted ??= remove();
        },
      });
      await deleted;

      expect(result.faults).toEqual([]);
      expect(content.length).toBe(12 * CHUNK);
      expect((await client.get(file.links.content)).status).toBe(404);
      await world().settle();
      expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
      await world().sweep();
      await world().sweep();
      expect(await store.bucket.chunks.countDocuments()).toBe(0);
      expect(await store.bucket.files.countDocuments()).toBe(0);
    },
  );

  test("names what is damaged, keeps it as it is, and goes on with the rest", async () => {
    const broken = await store.store();
    const whole = await store.store();
    const { chunks } = store.bucket;
    const where = { files_id: broken.version.blobId, n: 1 };
    const before = await chunks.findOne(where);
    await chunks.updateOne(where, { $set: { data: randomBytes(CHUNK) } });

    const result = await store.encrypt();

    expect(result).toMatchObject({ blobs: 1 });
    expect(result.faults).toEqual([expect.stringContaining(broken.version.blobId.toHexString())]);
    expect(await store.versionOf(broken.file)).toEqual(broken.version);
    expect((await store.versionOf(whole.file)).blobId).not.toEqual(whole.version.blobId);
    await chunks.updateOne(where, { $set: { data: before?.data ?? Buffer.alloc(0) } });
    await store.encrypt();
    await whole.client.delete(whole.file.links.content);
    await store.expectEncrypted(broken);
  });

  test("does not touch an upload that is on its way in, and says so", async () => {
    const client = await world().member();
    const upload = await beginUpload(world(), client, { name: "b" });
    await upload.receive(
      (async function* () {
        yield await Promise.resolve(Buffer.from("on its way"));
      })(),
    );

    expect(await store.encrypt()).toEqual({ blobs: 0, bytes: 0, left: 1, faults: [] });

    await upload.publish();
    await world().settle();
    expect(await store.encrypt()).toMatchObject({ blobs: 1, left: 0 });
    const [file] = (await client.get("/api/v1/files")).json.items;
    expect(file && (await store.read(client, file)).toString()).toBe("on its way");
    await client.delete(file?.links.content ?? "");
  });
});
