import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { ObjectId } from "mongodb";
import {
  type BlobFileDoc,
  type Bucket,
  CHUNK_SIZE_BYTES,
  openBucket,
} from "../../../common/storage/bucket.js";
import type { DamagedBlobDoc } from "../../../common/damaged-blobs/repository.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { damageReport } from "../../../common/maintenance/scrub/report.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { useWorld } from "../../support/use-world.js";

const CHUNKS = 12;

const world = useWorld({}, { isDamaged: true });

/** Stores a file, of thirteen chunks unless another size is given, and does something to what is stored. */
async function storeAndDamage(
  damage: (bucket: Bucket, blobId: ObjectId) => Promise<unknown>,
  sizeBytes = CHUNKS * CHUNK_SIZE_BYTES + 1,
) {
  const client = await world().member();
  const content = randomBytes(sizeBytes);
  const { id, links } = await client.store("a", content);
  const file = await world().mongo.db.collection<FileEntry>("entries").findOne({ _id: id });
  await damage(openBucket(world().mongo.db), file?.blobId ?? new ObjectId());
  const read = (headers: Record<string, string> = {}) =>
    fetch(client.url + links.content, { headers: { Cookie: client.cookie, ...headers } });
  const listed = () => damagedBlobs().findOne({ _id: file?.blobId ?? new ObjectId() });
  return { client, content, read, listed };
}

const damagedBlobs = () => world().mongo.db.collection<DamagedBlobDoc>("damagedBlobs");

/** Flips one bit of a chunk. */
const flip =
  (n: number) =>
  async ({ chunks }: Bucket, blobId: ObjectId) => {
    const chunk = await chunks.findOne({ files_id: blobId, n }, { promoteBuffers: true });
    const data = Buffer.from((chunk?.data as Buffer | undefined) ?? "");
    data[100] = (data[100] ?? 0) ^ 1;
    await chunks.updateOne({ files_id: blobId, n }, { $set: { data } });
  };

const shortenTo = (bytes: number) => ({ $set: { data: Buffer.alloc(bytes) } });

describe("Damaged content", () => {
  test.each<[string, (bucket: Bucket, blobId: ObjectId) => Promise<unknown>]>([
    [
      "without its first chunk",
      ({ chunks }, blobId) => chunks.deleteOne({ files_id: blobId, n: 0 }),
    ],
    ["without any chunk", ({ chunks }, blobId) => chunks.deleteMany({ files_id: blobId })],
    [
      "with a short first chunk",
      ({ chunks }, blobId) => chunks.updateOne({ files_id: blobId, n: 0 }, shortenTo(5)),
    ],
    [
      "with a long first chunk",
      ({ chunks }, blobId) =>
        chunks.updateOne({ files_id: blobId, n: 0 }, shortenTo(CHUNK_SIZE_BYTES + 1)),
    ],
    ["without its blobs.files document", ({ files }, blobId) => files.deleteOne({ _id: blobId })],
    [
      "with another length",
      ({ files }, blobId) =>
        files.updateOne(
          { _id: blobId },
          { $set: { length: 5 as unknown as BlobFileDoc["length"] } },
        ),
    ],
  ])("%s is answered 500 damaged-content, and told to the operator", async (_, damage) => {
    const { read, listed } = await storeAndDamage(damage);

    const response = await read();

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: "damaged-content" });
    const told = world()
      .logs.lines.filter(({ msg }) => msg === "Failed")
      .at(-1);
    expect(told).toMatchObject({ level: 50, error: { code: "damaged-content" } });
    expect(await listed()).toMatchObject({ kind: "unreadable" });
  });

  test.each([200, CHUNK_SIZE_BYTES])(
    "of %i bytes with one bit flipped is answered 500, and stands on the operator's list",
    async (sizeBytes) => {
      const { read, listed } = await storeAndDamage(flip(0), sizeBytes);

      const response = await read();

      expect(response.status).toBe(500);
      expect(response.headers.get("repr-digest")).toBeNull();
      expect(await response.json()).toMatchObject({ code: "damaged-content" });
      expect(await listed()).toMatchObject({
        kind: "unreadable",
        reason: expect.stringContaining("SHA-256"),
      });
    },
  );

  test.each([0, 9, CHUNKS - 1])(
    "with one bit flipped in chunk %i never comes to its end, and stands on the operator's list",
    async (n) => {
      const { content, read, listed } = await storeAndDamage(flip(n));

      const response = await read();

      expect(response.headers.get("content-length")).toBe(String(content.length));
      await expect(response.arrayBuffer()).rejects.toThrow();
      expect(await listed()).toMatchObject({ kind: "unreadable" });
    },
  );

  test.each<[string, (bucket: Bucket, blobId: ObjectId) => Promise<unknown>]>([
    [
      "without a chunk in the middle",
      ({ chunks }, blobId) => chunks.deleteOne({ files_id: blobId, n: 10 }),
    ],
    [
      "without its last chunk",
      ({ chunks }, blobId) => chunks.deleteOne({ files_id: blobId, n: CHUNKS }),
    ],
    [
      "with a short chunk",
      ({ chunks }, blobId) => chunks.updateOne({ files_id: blobId, n: 9 }, shortenTo(9)),
    ],
    [
      "with a chunk of another place",
      async ({ chunks }, blobId) => {
        await chunks.deleteOne({ files_id: blobId, n: 9 });
        await chunks.updateOne({ files_id: blobId, n: 10 }, { $set: { n: 9 } });
        await chunks.updateOne({ files_id: blobId, n: 11 }, { $set: { n: 10 } });
      },
    ],
  ])("%s cuts the connection before anything wrong is sent", async (_, damage) => {
    const { content, read } = await storeAndDamage(damage);

    const response = await read();
    const received: Buffer[] = [];
    const reading = (async () => {
      for await (const bytes of response.body ?? [])
        received.push(Buffer.from(bytes as Uint8Array));
    })();

    await expect(reading).rejects.toThrow();
    const bytes = Buffer.concat(received);
    expect(bytes.length).toBeLessThan(content.length);
    expect(content.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  test("does not matter to a range that is whole", async () => {
    const { content, read } = await storeAndDamage(({ chunks }, blobId) =>
      chunks.deleteOne({ files_id: blobId, n: 10 }),
    );

    const whole = await read({ Range: "bytes=0-999999" });
    const damaged = await read({ Range: `bytes=${10 * CHUNK_SIZE_BYTES}-` });

    expect(Buffer.from(await whole.arrayBuffer()).equals(content.subarray(0, 1_000_000))).toBe(
      true,
    );
    expect(damaged.status).toBe(500);
    expect(damaged.headers.get("content-range")).toBeNull();
  });

  test("can still be deleted, and its room is free again", async () => {
    const { client, read } = await storeAndDamage(({ files }, blobId) =>
      files.deleteOne({ _id: blobId }),
    );
    const { items } = (await client.get("/api/v1/files")).json;

    expect((await client.delete(items[0]?.links.content ?? "")).status).toBe(204);

    await world().settle();
    expect((await read()).status).toBe(404);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });
});

describe("A copy of damaged content", () => {
  test("is as damaged as its source, and both are listed", async () => {
    const client = await world().member();
    const { id, links } = await client.store("a", randomBytes(3 * CHUNK_SIZE_BYTES));
    const file = await world().mongo.db.collection<FileEntry>("entries").findOne({ _id: id });
    const blobId = file?.blobId ?? new ObjectId();
    await openBucket(world().mongo.db).chunks.deleteMany({ files_id: blobId });

    const copy = (await client.post(`/api/v1/files/${id}/copy`, {})).json;

    for (const { content } of [links, copy.links]) {
      expect((await client.get(content)).json.code).toBe("damaged-content");
    }
    const versions = await world()
      .mongo.db.collection<VersionDoc>("versions")
      .find({ blobId })
      .toArray();
    const list = damageReport(await damagedBlobs().find({ _id: blobId }).toArray(), versions);
    for (const fileId of [id, copy.id]) expect(list).toContain(`file=${fileId}`);
  });

  test("is refused where the document of the blob is lost, and takes nothing from what can be restored", async () => {
    const client = await world().member();
    const { id } = await client.store("a", randomBytes(3 * CHUNK_SIZE_BYTES));
    const file = await world().mongo.db.collection<FileEntry>("entries").findOne({ _id: id });
    const blobId = file?.blobId ?? new ObjectId();
    const { files, chunks } = openBucket(world().mongo.db);
    await files.deleteOne({ _id: blobId });

    const { json } = await client.post(`/api/v1/files/${id}/copy`, {});

    expect(json.code).toBe("damaged-content");
    expect(await chunks.countDocuments({ files_id: blobId })).toBe(3);
    expect(await client.usage()).toMatchObject({ reservedBytes: 0 });
  });
});
