import { describe, expect, test } from "@jest/globals";
import { ObjectId } from "mongodb";
import type { FileJson } from "../../support/answer-json.js";
import type { PreviewChunkDoc, PreviewFileDoc } from "../../../common/storage/preview-bucket.js";
import { readStoredTotals } from "../../../common/maintenance/stored-totals.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import { newKey } from "../../support/blobs.js";
import { picture } from "../../support/pictures.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on", encryptionKeys: [newKey("k1")] });

const files = () => world().mongo.db.collection<PreviewFileDoc>("previews.files");
const chunks = () => world().mongo.db.collection<PreviewChunkDoc>("previews.chunks");
const versions = () => world().mongo.db.collection<VersionDoc>("versions");

/** A picture of somebody, with its previews. */
async function stored() {
  const client = await world().member();
  const file = await client.store("a", await picture({ width: 90, height: 60, format: "jpeg" }));
  await world().settle();
  const version = await versions().findOne({ fileId: file.id });
  if (version === null) throw new Error("No version");
  return { client, file, blobId: version.blobId, path: previewOf(file) };
}

const bytesOf = (data: PreviewChunkDoc["data"]) =>
  Buffer.isBuffer(data) ? data : Buffer.from(data.value());

const previewOf = ({ id }: Pick<FileJson, "id">) => `/api/v1/files/${id}/preview`;

const ofBlob = ({ blobId }: Pick<VersionDoc, "blobId">) => ({ "metadata.blobId": blobId });

async function chunksOf(blob: Pick<VersionDoc, "blobId">): Promise<PreviewChunkDoc[]> {
  const ids = (await files().find(ofBlob(blob)).toArray()).map(({ _id }) => _id);
  return chunks()
    .find({ files_id: { $in: ids } }, { promoteBuffers: true })
    .toArray();
}

describe("The previews of a file", () => {
  test("are encrypted where its content is, and none is decrypted in another's place", async () => {
    const { client, blobId, path } = await stored();
    const [first, ...rest] = await chunksOf({ blobId });

    expect(await chunksOf({ blobId })).toHaveLength(6);
    for (const { data } of await chunksOf({ blobId })) {
      expect(bytesOf(data).toString("latin1")).not.toMatch(/RIFF|WEBP|ftyp|avif/);
    }
    if (first === undefined) throw new Error("No previews");
    const others = { files_id: { $in: rest.map((chunk) => chunk.files_id) } };
    await chunks().updateMany(others, { $set: { data: first.data } });
    const statuses = [];
    for (const size of [64, 256, 1024]) {
      statuses.push((await client.get(`${path}?size=${size}`)).status);
    }
    expect(statuses.filter((status) => status === 404).length).toBeGreaterThan(1);
  });

  test("are shared by its copies, and go with the last of them", async () => {
    const { client, file, blobId, path } = await stored();
    const { json: copy } = await client.post(`/api/v1/files/${file.id}/copy`, { name: "b" });
    expect((await client.get(previewOf(copy))).bytes).toEqual((await client.get(path)).bytes);
    expect(await files().countDocuments(ofBlob({ blobId }))).toBe(6);

    await client.delete(`/api/v1/files/${file.id}`);
    await world().settle();
    expect((await client.get(path)).status).toBe(404);
    expect((await client.get(previewOf(copy))).status).toBe(200);

    await client.delete(`/api/v1/files/${copy.id}`);
    await world().settle();
    expect(await files().countDocuments(ofBlob({ blobId }))).toBe(0);
    expect(await chunks().countDocuments()).toBe(await files().countDocuments());
  });

  test("are made again once when they were lost, and the file stays ready meanwhile", async () => {
    const { client, file, blobId, path } = await stored();
    const { bytes } = await client.get(path);
    await files().deleteMany(ofBlob({ blobId }));
    await chunks().deleteMany({});

    const asked = await Promise.all([client.get(path), client.get(path), client.get(path)]);
    const { state } = (await client.get(file.links.metadata)).json;
    await world().settle();

    for (const { status, json, headers } of asked) {
      expect([status, json.code, headers["retry-after"]]).toEqual([404, "preview-missing", "2"]);
    }
    expect(state).toBe("ready");
    expect((await client.get(path)).bytes).toEqual(bytes);
    const version = await versions().findOne({ fileId: file.id });
    expect(version?.pipeline).toMatchObject({
      generation: 1,
      steps: { inspect: { attempts: 1 }, preview: { attempts: 1, outcome: "done" } },
    });
  });

  test("stay while its steps are done again", async () => {
    const { client, file, path } = await stored();

    await client.post(`/api/v1/files/${file.id}/pipeline`);

    expect((await client.get(path)).status).toBe(200);
  });

  test("are removed by the sweep where their blob is gone", async () => {
    const { blobId } = await stored();
    const left = await files().findOne(ofBlob({ blobId }));
    if (left === null) throw new Error("No previews");
    const gone = { blobId: new ObjectId() };
    const _id = new ObjectId();
    await files().insertOne({ ...left, _id, metadata: { ...left.metadata, ...gone } });
    await chunks().insertOne({ _id, files_id: _id, n: 0, data: Buffer.from("left") });

    await world().sweep();

    expect(await files().countDocuments(ofBlob(gone))).toBe(0);
    expect(await chunks().countDocuments({ files_id: _id })).toBe(0);
    expect(await files().countDocuments(ofBlob({ blobId }))).toBe(6);
  });

  test("are not shown once the content is in quarantine", async () => {
    const { client, file, path } = await stored();
    await versions().updateOne({ fileId: file.id }, { $set: { state: "quarantined" } });

    const { status, json } = await client.get(path);
    await versions().updateOne({ fileId: file.id }, { $set: { state: "ready" } });

    expect([status, json]).toMatchObject([
      404,
      { code: "preview-missing", reason: "the file is in quarantine" },
    ]);
  });

  test("are counted apart", async () => {
    const before = await readStoredTotals(world().mongo.db);
    const { client, blobId } = await stored();
    const after = await readStoredTotals(world().mongo.db);

    const bytes = (await chunksOf({ blobId })).reduce(
      (sum, { data }) => sum + bytesOf(data).length,
      0,
    );
    expect(after.previews - before.previews).toBe(6);
    expect(after.previewBytes - before.previewBytes).toBeGreaterThan(bytes);
    expect(after.previewBytes - before.previewBytes).toBeLessThan(bytes + 6 * 200);
    expect((await client.usage()).files).toBe(1);
  });

  test("are shown to who may read it by a share or with an API key, and to nobody else", async () => {
    const { client, file, path } = await stored();
    const friend = await world().member();
    const { username } = (await friend.get("/api/v1/me")).json;
    const { client: key } = await client.makeKey(["files:read"]);
    const { client: writer } = await client.makeKey(["files:write"]);

    const before = await friend.get(path);
    await client.post("/api/v1/shares", { entryId: file.id, username, role: "viewer" });
    const after = await friend.get(path);

    expect([before.status, after.status]).toEqual([404, 200]);
    expect((await key.get(path)).status).toBe(200);
    expect((await writer.get(path)).status).toBe(403);
  });
});
