import { describe, expect, test } from "@jest/globals";
import type { ArchiveDoc, ArchivePageDoc } from "../../../common/archives/archive.js";
import type { FileEntry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import type { BlobFileDoc } from "../../../common/storage/bucket.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";

const world = useWorld({}, { isDamaged: true });

const entries = () => world().mongo.db.collection<FileEntry>("entries");
const pages = () => world().mongo.db.collection<ArchivePageDoc>("archivePages");
const archives = () => world().mongo.db.collection<ArchiveDoc>("archives");
const blobs = () => world().mongo.db.collection<BlobFileDoc>("blobs.files");

/** One file that was uploaded, under so many names: entries alone, which show its version. */
async function manyFiles(client: Client, count: number): Promise<void> {
  const { id } = await client.store("first", "hello");
  const file = await entries().findOne({ _id: id });
  if (file === null) throw new Error("There is no file");
  const names = Array.from({ length: count - 1 }, (_, n) => `${String(n).padStart(5, "0")}.txt`);
  const documents = names.map((name) => ({ ...file, _id: newId(), name, nameKey: name }));
  await entries().insertMany(documents);
}

const begin = async (client: Client) => client.post("/api/v1/archives", { folderId: "root" });

const target = async (archiveId: string) => {
  const archive = await archives().findOne({ _id: archiveId });
  return { ownerId: archive?.ownerId ?? "", archiveId };
};

describe("An archive of many files", () => {
  test("is answered 202, prepared by the worker, and has all of them", async () => {
    const client = await world().member();
    await manyFiles(client, 2500);

    const { status, json } = await begin(client);
    const early = await client.get(json.links.content);
    expect(status).toBe(202);
    expect(json).toMatchObject({ state: "preparing", sizeBytes: null, entryCount: null });
    expect(early.status).toBe(409);
    expect(early.json.code).toBe("archive-not-ready");
    expect(early.headers["retry-after"]).toBe("1");

    await world().jobs.archivePreparation.run(await target(json.id));

    const ready = (await client.get(json.links.metadata)).json;
    expect(ready).toMatchObject({ state: "ready", entryCount: 2500 });
    const { bytes } = await client.get(json.links.content);
    const members = membersOf(bytes);
    expect(bytes).toHaveLength(ready.sizeBytes);
    expect(new Set(members.map(({ path }) => path)).size).toBe(2500);
    expect(members.every(({ content }) => content === "hello")).toBe(true);
  });

  test("is ready at once where 1,000 files are chosen one by one", async () => {
    const client = await world().member();
    await manyFiles(client, 1000);
    const ownerId = (await client.get("/api/v1/me")).json.id;
    const ids = (await entries().find({ ownerId }).toArray()).map(({ _id }) => _id);

    const { status, json } = await client.post("/api/v1/archives", { ids });

    expect({ status, entryCount: json.entryCount }).toEqual({ status: 201, entryCount: 1000 });
  });

  test("is answered before hundreds of folders are listed, and has them when it is ready", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("first");
    const folder = await entries().findOne({ _id: id });
    if (folder === null) throw new Error("There is no folder");
    const copies = Array.from({ length: 299 }, (_, n) => ({
      ...folder,
      _id: newId(),
      name: `copy ${n}`,
      nameKey: `copy ${n}`,
    }));
    await entries().insertMany(copies);
    await client.put(`/api/v1/files?folderId=${copies.at(-1)?._id}&name=last`, "hello");

    const { status, json } = await begin(client);
    expect(status).toBe(202);
    await world().jobs.archivePreparation.run(await target(json.id));

    const members = membersOf((await client.get(json.links.content)).bytes);
    expect(members).toHaveLength(301);
    expect(new Set(members.map(({ path }) => path)).size).toBe(301);
  });

  test("is the same when several workers prepare it at once, and one goes on where another stopped", async () => {
    const client = await world().member();
    await manyFiles(client, 3500);
    const { json } = await begin(client);
    const { archivePreparation } = world().jobs;
    const archive = await target(json.id);

    await archivePreparation.run(archive, { pages: 1 });
    // A worker that died between a page and its holds.
    await pages().updateOne({ archiveId: json.id, n: 1 }, { $set: { before: null } });
    await Promise.all(Array.from({ length: 4 }, () => archivePreparation.run(archive)));

    const { bytes } = await client.get(json.links.content);
    expect(new Set(membersOf(bytes).map(({ path }) => path)).size).toBe(3500);
    const ns = (await pages().find({ archiveId: json.id }).toArray()).map(({ n }) => n);
    expect(ns.sort()).toEqual([0, 1, 2, 3]);
  });

  test("leaves nothing behind when it is deleted while it is prepared", async () => {
    const client = await world().member();
    await manyFiles(client, 2500);
    const { json } = await begin(client);
    const archive = await target(json.id);

    await Promise.all([
      world().jobs.archivePreparation.run(archive),
      client.delete(json.links.content).then(() => world().sweep()),
    ]);
    await world().sweep();

    expect((await client.get(json.links.metadata)).status).toBe(404);
    expect(await pages().countDocuments({ archiveId: json.id })).toBe(0);
    expect(await blobs().countDocuments({ "metadata.archiveIds": json.id })).toBe(0);
  });
});

describe("An archive", () => {
  test("breaks the connection where content is damaged, and never ends as if it were whole", async () => {
    const client = await world().member();
    await client.store("a", Buffer.alloc(2_000_000, 1));
    const { id } = await client.store("b", Buffer.alloc(300_000, 2));
    const { json } = await begin(client);
    const blobId = (await entries().findOne({ _id: id }))?.blobId;
    const chunks = world().mongo.db.collection("blobs.chunks");
    await chunks.deleteOne({ files_id: blobId, n: 1 });

    const url = new URL(json.links.content, world().url);
    const answer = await fetch(url, { headers: { Cookie: client.cookie } });

    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  test("is gone when it has expired, with what it held", async () => {
    const client = await world().member();
    await client.store("a", "hello");
    const { json } = await begin(client);
    await archives().updateOne({ _id: json.id }, { $set: { expiresAt: new Date(0) } });

    expect((await client.get(json.links.content)).status).toBe(404);
    await world().sweep();

    expect(await archives().countDocuments({ _id: json.id })).toBe(0);
    expect(await pages().countDocuments({ archiveId: json.id })).toBe(0);
    expect(await blobs().countDocuments({ "metadata.archiveIds": json.id })).toBe(0);
  });

  test("is refused where the account has 100 of them already", async () => {
    const client = await world().member();
    const { json } = await begin(client);
    const archive = await archives().findOne({ _id: json.id });
    if (archive === null) throw new Error("There is no archive");
    await archives().insertMany(Array.from({ length: 99 }, () => ({ ...archive, _id: newId() })));

    const refused = await begin(client);

    expect({ status: refused.status, code: refused.json.code }).toEqual({
      status: 409,
      code: "too-many-archives",
    });
  });
});
