import { describe, expect, test } from "@jest/globals";
import type { Entry, FolderEntry } from "../../../common/entries/entry.js";
import { type Id, newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const DAY_MS = 86_400_000;
const USAGE = "/api/v1/me/usage";
const NOTHING = { files: 0, bytes: 0 };

const world = useWorld({ trashRetentionMs: 30 * DAY_MS });

/** What it says when everything is done. The parts are together what the account pays for. */
async function usageOf(client: Client) {
  await world().settle();
  const { status, json } = await client.get(USAGE);
  expect(status).toBe(200);
  const { live, versions, trash, byType, usedBytes } = json;
  const bytes = [live, versions, trash].map((part) => part?.["bytes"] ?? NaN);
  expect(bytes.reduce((sum, part) => sum + part)).toBe(usedBytes);
  const ofTypes = (byType ?? []).map((group) => (group as { bytes: number }).bytes);
  expect(ofTypes.reduce((sum, part) => sum + part, 0)).toBe(live?.["bytes"]);
  expect((await client.usage()).bytes).toBe(usedBytes);
  return json;
}

/** @param where - The id of a folder, and the name. */
const put = async (client: Client, where: string, content: string) =>
  (await client.put(`/api/v1/files?folderId=${where}`, content)).json;

describe("GET /me/usage", () => {
  test("says of an account without anything that there is nothing, and what it may store", async () => {
    const client = await world().member();
    const before = Date.now();

    const json = await usageOf(client);

    expect(json).toMatchObject({
      live: { ...NOTHING, folders: 0 },
      versions: { count: 0, bytes: 0 },
      trash: { ...NOTHING, items: 0 },
      byType: [],
      inFlight: { uploads: 0, bytes: 0 },
      usedBytes: 0,
      limitBytes: (await client.usage()).limitBytes,
    });
    expect(Date.parse(json.measuredAt ?? "")).toBeGreaterThan(before - 60_000);
  });

  test("counts files and folders, earlier versions, and the types of files", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("folder");
    await client.makeFolder("inner", folder.id);
    await put(client, `${folder.id}&name=a.txt`, "hello");
    await client.store("b.txt", "first");
    await client.store("b.txt", "the second");
    await client.store("c.png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    await client.store("d", Buffer.from([0, 1, 2, 255]));

    expect(await usageOf(client)).toMatchObject({
      live: { files: 4, folders: 2, bytes: 35 },
      versions: { count: 1, bytes: 5 },
      trash: { ...NOTHING, items: 0 },
      byType: [
        { group: "image", files: 1, bytes: 16 },
        { group: "text", files: 2, bytes: 15 },
        { group: "other", files: 1, bytes: 4 },
      ],
    });
  });

  test("counts all that is below a deleted folder, with its versions, as trash", async () => {
    const client = await world().member();
    const outer = await client.makeFolder("outer");
    const inner = await client.makeFolder("inner", outer.id);
    await put(client, `${inner.id}&name=a.txt`, "12345");
    await put(client, `${inner.id}&name=a.txt`, "1234567");
    const other = await put(client, `${inner.id}&name=b.txt`, "123");
    await client.store("kept", "1");
    await client.delete(other.links.content);

    await client.delete(outer.links.metadata);

    const deleted = { items: 2, files: 2, bytes: 15 };
    expect(await usageOf(client)).toMatchObject({
      live: { files: 1, folders: 0, bytes: 1 },
      versions: { count: 0, bytes: 0 },
      trash: deleted,
    });
    await client.post(`/api/v1/trash/${outer.id}/restore`, {});
    expect(await usageOf(client)).toMatchObject({
      live: { files: 2, folders: 2, bytes: 8 },
      versions: { count: 1, bytes: 5 },
      trash: { items: 1, files: 1, bytes: 3 },
    });
    await client.delete("/api/v1/trash");
    expect(await usageOf(client)).toMatchObject({ trash: { items: 0, files: 0, bytes: 0 } });
  });

  test("counts what is being removed until it is gone", async () => {
    const client = await world().member();
    const { links } = await client.store("a", "1");
    await client.store("a", "22");
    await world().settle();
    await client.delete(`${links.content}?permanent=true`);

    expect((await client.get(USAGE)).json).toMatchObject({
      trash: { items: 0, files: 1, bytes: 3 },
      usedBytes: 3,
    });
    expect(await usageOf(client)).toMatchObject({ trash: { files: 0, bytes: 0 }, usedBytes: 0 });
  });

  test("says what uploads on their way in have set aside", async () => {
    const client = await world().member();
    const tus = { "Tus-Resumable": "1.0.0" };
    const begun = { ...tus, "Upload-Length": "1000", "Upload-Metadata": "filename YQ==" };
    const { headers } = await client.post("/api/v1/uploads", undefined, begun);

    const { json } = await client.get(USAGE);

    const { reservedBytes } = await client.usage();
    expect(json.inFlight).toEqual({ uploads: 1, bytes: reservedBytes });
    expect(reservedBytes).toBeGreaterThanOrEqual(1000);
    await client.delete(new URL(headers["location"] ?? "", world().url).pathname, tus);
    expect((await usageOf(client)).inFlight).toEqual({ uploads: 0, bytes: 0 });
  });

  test("is the account's own, and for credentials without a root folder", async () => {
    const [client, other] = [await world().member(), await world().member()];
    await client.store("a", "hello");
    const { id: rootFolderId } = await client.makeFolder("folder");
    const { client: key } = await client.makeKey(["account:read"]);
    const { client: limited } = await client.makeKey(["account:read"], { rootFolderId });
    const { client: unscoped } = await client.makeKey(["files:read"]);

    expect((await usageOf(other)).live).toEqual({ files: 0, folders: 0, bytes: 0 });
    expect((await key.get(USAGE)).json.live).toEqual({ files: 1, folders: 1, bytes: 5 });
    expect((await limited.get(USAGE)).status).toBe(404);
    expect((await unscoped.get(USAGE)).status).toBe(403);
    expect((await world().visitor().get(USAGE)).status).toBe(401);
  });
});

const entries = () => world().mongo.db.collection<Entry>("entries");

/** Many folders that are in one. */
async function addFolders(client: Client, count: number): Promise<Id> {
  const { id } = await client.makeFolder("many");
  const { id: modelId } = await client.makeFolder("model", id);
  const model = (await entries().findOne({ _id: modelId }, { promoteLongs: false })) as FolderEntry;
  const made = Array.from({ length: count }, (_, n) => ({
    ...model,
    _id: newId(),
    nameKey: `n${n}`,
  }));
  await entries().insertMany(made);
  return id;
}

describe("A large account", () => {
  test("is measured by the worker: the answer has the last measurement, and asks for the next", async () => {
    const client = await world().member();
    await addFolders(client, 2500);
    await client.store("a", "hello");
    await world().settle();

    const first = await client.get(USAGE);
    expect(first.json).toMatchObject({ live: null, versions: null, trash: null, byType: null });
    expect(first.json).toMatchObject({ measuredAt: null, usedBytes: 5 });
    expect(first.headers["retry-after"]).toMatch(/^\d+$/);

    const live = { files: 1, folders: 2502, bytes: 5 };
    expect((await usageOf(client)).live).toEqual(live);
    expect(
      await world()
        .mongo.db.collection("usages")
        .countDocuments({ requestedAt: { $exists: true } }),
    ).toBe(0);

    await client.store("b", "123");
    await world().settle();
    const stale = await client.get(USAGE);
    expect(stale.json).toMatchObject({ live, usedBytes: 8 });
    expect(stale.headers["retry-after"]).toBeUndefined();
    expect((await usageOf(client)).live).toEqual({ files: 2, folders: 2502, bytes: 8 });
  });

  test("is measured by the sweep's next try where the queue has lost the job", async () => {
    const client = await world().member();
    await addFolders(client, 1001);
    await client.get(USAGE);

    await world().settle();

    expect((await usageOf(client)).live).toEqual({ files: 0, folders: 1003, bytes: 0 });
  });
});
