import { describe, expect, test } from "@jest/globals";
import { CHUNK_SIZE_BYTES, openBucket } from "../../../common/storage/bucket.js";
import type { UploadDoc } from "../../../common/uploads/upload.js";
import { newKey } from "../../support/blobs.js";
import { TusClient } from "../../support/tus-client.js";
import { useWorld } from "../../support/use-world.js";

const FRAME = CHUNK_SIZE_BYTES - 16;

const world = useWorld({ encryptionKeys: [newKey("k1")] });

/** Content that would be found again wherever it lay open. */
const MARK = "the quick brown fox jumps over the lazy dog. ";
const markedContent = (bytes: number) =>
  Buffer.from(MARK.repeat(Math.ceil(bytes / MARK.length))).subarray(0, bytes);

describe("With encryption keys", () => {
  test.each([0, 1, FRAME - 1, FRAME, FRAME + 1, 5 * FRAME + 3])(
    "a file of %i bytes is stored, read whole and in ranges, counted to the byte, and deleted",
    async (size) => {
      const client = await world().member();
      const content = markedContent(size);
      const file = await client.store("a.txt", content);
      await world().settle();

      expect(file.sizeBytes).toBe(size);
      const { status, bytes } = await client.get(file.links.content);
      expect(status).toBe(200);
      expect(bytes.equals(content)).toBe(true);
      const head = await client.head(file.links.content);
      expect(head.headers["content-length"]).toBe(String(size));
      expect(await client.usage()).toMatchObject({ bytes: size, reservedBytes: 0, files: 1 });
      expect((await client.get(file.links.metadata)).json).toMatchObject({
        state: "ready",
        type: size === 0 ? "application/octet-stream" : "text/plain",
      });

      await client.delete(file.links.content);
      await world().settle();
      expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
    },
  );

  test("ranges come from the middle, over the border of frames, and from the end", async () => {
    const client = await world().member();
    const content = markedContent(3 * FRAME + 100);
    const { links } = await client.store("a", content);

    for (const [first, last] of [
      [0, 0],
      [FRAME - 1, FRAME],
      [FRAME + 7, 3 * FRAME + 1],
      [3 * FRAME + 99, 3 * FRAME + 99],
    ] as const) {
      const range = `bytes=${first}-${last}`;
      const { status, bytes } = await client.get(links.content, { Range: range });
      expect(status).toBe(206);
      expect(bytes.equals(content.subarray(first, last + 1))).toBe(true);
    }
    const suffix = await client.get(links.content, { Range: "bytes=-5" });
    expect(suffix.bytes.equals(content.subarray(-5))).toBe(true);
  });

  test("nothing of what was sent can be read in the store's chunks, or beside them", async () => {
    const client = await world().member();
    const content = markedContent(2 * FRAME + 100);
    await client.store("a", content);
    await client.upload([{ name: "b", bytes: content }]);

    const { chunks, files } = openBucket(world().mongo.db);
    const stored = await chunks.find({}, { promoteBuffers: true }).toArray();
    expect(stored.length).toBeGreaterThanOrEqual(6);
    for (const { data } of stored) expect((data as Buffer).includes("quick brown")).toBe(false);
    const encryption = (await files.find().toArray()).map(({ metadata }) => metadata?.encryption);
    expect(encryption.every((wrapped) => wrapped?.keyId === "k1")).toBe(true);
    expect(new Set(encryption.map((wrapped) => wrapped?.wrappedKey.toString("hex"))).size).toBe(
      encryption.length,
    );
  });

  test("nothing of what has come of an unfinished upload can be read in the ledger", async () => {
    const client = await world().member();
    const tus = new TusClient(client);
    const content = markedContent(FRAME + 50);
    const length = { "Upload-Length": String(2 * FRAME) };

    const path = await tus.begin(length, content);
    const ledger = world().mongo.db.collection<UploadDoc>("uploads");
    const [entry] = await ledger.find({}, { raw: true }).toArray();

    expect(Buffer.isBuffer(entry) && entry.includes("resumable")).toBe(true);
    expect(Buffer.isBuffer(entry) && entry.includes("quick")).toBe(false);
    await tus.terminate(path);
  });

  test("a quota is used up by the content's own bytes, not by seals", async () => {
    const url = await world().addWeb({ defaultQuotaBytes: 2 * FRAME });
    const client = await world().member(url);
    await client.store("a", markedContent(2 * FRAME));

    expect((await client.put("/api/v1/files?name=b", "x")).status).toBe(507);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 2 * FRAME });
  });
});
