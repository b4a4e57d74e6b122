import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { listTree, makeTree } from "../../support/trees.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const copy = (client: Client, id: string, body: object = {}) =>
  client.post(`/api/v1/folders/${id}/copy`, body);

/** The job as it is when all is done. */
async function finished(client: Client, path: string) {
  await world().settle();
  return (await client.get(path)).json;
}

const TREE = {
  Holidays: { "größe.txt": "hello", nothing: "", empty: {}, a: { b: { "deep.txt": "deep" } } },
};

describe("POST /folders/{id}/copy", () => {
  test("answers 202 with a job, which makes a copy of all that the folder holds", async () => {
    const client = await world().member();
    await makeTree(client, TREE);
    const { Holidays: folder } = await listTree(client);
    const said = { tags: ["red"], description: "Sea", properties: { "a.b": "c" } };
    await client.patch(`/api/v1/folders/${folder?.id}`, { ...said, isFavourite: true });
    const before = await client.usage();

    const { status, json, headers } = await copy(client, folder?.id ?? "");
    const job = await finished(client, json.links.job);

    expect(status).toBe(202);
    expect(json).toMatchObject({ kind: "copy", state: "queued", result: null, expiresAt: null });
    expect(headers["location"]).toBe(json.links.job);
    expect(job).toMatchObject({
      state: "succeeded",
      problem: null,
      progress: { done: 7, failed: 0, total: 7 },
      result: { kind: "folder" },
    });
    const copied = (await client.get(job.result?.links.metadata ?? "")).json;
    expect(copied).toMatchObject({ name: "Holidays (2)", ...said, isFavourite: false });
    const tree = await listTree(client);
    expect(tree["Holidays (2)"]?.content).toEqual(tree["Holidays"]?.content);
    expect(await client.usage()).toMatchObject({
      bytes: 2 * before.bytes,
      files: 2 * before.files,
      reservedBytes: 0,
    });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("lists what became of each entry, in pages", async () => {
    const client = await world().member();
    await makeTree(client, TREE);
    const { Holidays: folder } = await listTree(client);
    const { json } = await copy(client, folder?.id ?? "", { name: "Copy" });
    await world().settle();

    const first = (await client.get(`${json.links.items}?limit=4`)).json;
    const second = (await client.get(`${json.links.items}?cursor=${first.nextCursor}`)).json;

    const items = [...first.items, ...second.items];
    expect(items.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(items.map(({ path }) => path)).toEqual([
      "Copy",
      "Copy/a",
      "Copy/a/b",
      "Copy/a/b/deep.txt",
      "Copy/empty",
      "Copy/größe.txt",
      "Copy/nothing",
    ]);
    expect(items[0]).toMatchObject({ sourceId: folder?.id, kind: "folder", status: "done" });
    expect(second.nextCursor).toBeNull();
  });

  test("puts the copy into another folder, and refuses a name that is taken where it may not rename", async () => {
    const client = await world().member();
    await makeTree(client, { a: { "x.txt": "x" }, b: { a: {} } });
    const tree = await listTree(client);
    const [id, folderId] = [tree["a"]?.id ?? "", tree["b"]?.id];

    const refused = await copy(client, id, { folderId, onConflict: "fail" });
    const { json } = await copy(client, id, { folderId });
    const job = await finished(client, json.links.job);

    expect([refused.status, refused.json.code]).toEqual([409, "name-taken"]);
    const copied = (await client.get(job.result?.links.metadata ?? "")).json;
    expect(copied).toMatchObject({ name: "a (2)", parentId: folderId, path: "/b/a (2)" });
  });

  test.each(["itself", "below"])("answers 409 for a copy into the folder (%s)", async (where) => {
    const client = await world().member();
    const folder = await client.makeFolder("a");
    const below = await client.makeFolder("b", folder.id);

    const folderId = where === "itself" ? folder.id : below.id;
    const { status, json } = await copy(client, folder.id, { folderId });

    expect([status, json.code]).toEqual([409, "folder-into-itself"]);
  });

  test("answers 404 for folders of others, 409 for the root, 400 for a body that is none, and 401 to nobody", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const [mine, theirs] = [await client.makeFolder("a"), await other.makeFolder("b")];

    expect((await copy(client, theirs.id)).status).toBe(404);
    expect((await copy(client, newId())).status).toBe(404);
    expect((await copy(client, mine.id, { folderId: theirs.id })).status).toBe(404);
    expect((await copy(client, "root")).json.code).toBe("root-folder");
    expect((await copy(client, mine.id, { name: "a/b" })).json.code).toBe("invalid-name");
    expect((await copy(client, mine.id, { onConflict: "version" })).status).toBe(400);
    expect((await copy(world().visitor(), mine.id)).status).toBe(401);
  });

  test("goes on past what the quota has no room for, and says of each why it was not copied", async () => {
    const client = await world().member();
    await makeTree(client, { a: { "1.bin": "12345", "2.bin": "1234567890", "3.bin": "12345" } });
    const tree = await listTree(client);
    await world().settle();
    const { id } = (await client.get("/api/v1/me")).json;
    await world().services.accountAdministration.change(id, { limitBytes: 30 });

    const { json } = await copy(client, tree["a"]?.id ?? "");
    const job = await finished(client, json.links.job);

    expect(job).toMatchObject({ state: "succeeded", progress: { done: 3, failed: 1, total: 4 } });
    const { items } = (await client.get(job.links.items)).json;
    expect(items.filter(({ status }) => String(status) === "failed")).toMatchObject([
      { path: "a (2)/2.bin", resultId: null, problem: { code: "quota-exceeded" } },
    ]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("fails when the folder that it goes into is deleted meanwhile, and leaves nothing", async () => {
    const client = await world().member();
    await makeTree(client, { a: { "x.txt": "x" }, b: {} });
    const tree = await listTree(client);
    const { json } = await copy(client, tree["a"]?.id ?? "", { folderId: tree["b"]?.id });

    await client.delete(`/api/v1/folders/${tree["b"]?.id}`);
    const job = await finished(client, json.links.job);

    expect(job).toMatchObject({ state: "failed", problem: { code: "not-found" }, result: null });
    expect(await client.usage()).toMatchObject({ bytes: 1, files: 1 });
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("works for a key that may not leave a folder, inside of that folder alone", async () => {
    const client = await world().member();
    await makeTree(client, { in: { a: { "x.txt": "x" } }, out: {} });
    const tree = await listTree(client);
    const rootFolderId = tree["in"]?.id;
    const inside = (await client.get(`/api/v1/folders/${rootFolderId}/children`)).json.items[0];
    const key = await client.makeKey(["files:read", "files:write"], { rootFolderId });

    const refused = await copy(key.client, inside?.id ?? "", { folderId: tree["out"]?.id });
    const root = await copy(key.client, "root");
    const { json } = await copy(key.client, inside?.id ?? "");
    const job = await finished(key.client, json.links.job);

    expect([refused.status, root.json.code]).toEqual([404, "root-folder"]);
    expect(job.state).toBe("succeeded");
    expect((await key.client.get(job.result?.links.metadata ?? "")).json.path).toBe("/a (2)");
  });
});
