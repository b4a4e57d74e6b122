import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

const JOBS = "/api/v1/jobs";

/** The job when all is done, and its items. */
async function run(client: Client, selection: object, operation: object) {
  const { status, json } = await client.post(JOBS, { selection, operation });
  expect(status).toBe(202);
  await world().settle();
  const job = (await client.get(json.links.job)).json;
  const items = (await client.get(`${json.links.items}?limit=1000`)).json.items;
  return { job, items };
}

const names = async (client: Client, folderId = "root") => {
  const { json } = await client.get(`/api/v1/folders/${folderId}/children?sort=name&limit=1000`);
  return json.items.map(({ name }) => name);
};

async function store(client: Client, folderId: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { json } = await client.put(`/api/v1/files?name=f${n}&folderId=${folderId}`, `${n}`);
    ids.push(json.id);
  }
  return ids;
}

describe("A job for many entries", () => {
  test("moves all that lies in a folder, also while it empties the folder", async () => {
    const client = await world().member();
    const [from, to] = [await client.makeFolder("from"), await client.makeFolder("to")];
    await store(client, from.id, 130);
    await client.makeFolder("inner", from.id);

    const { job, items } = await run(
      client,
      { folderId: from.id },
      { op: "move", folderId: to.id },
    );

    expect(job).toMatchObject({
      kind: "bulk",
      state: "succeeded",
      progress: { done: 131, failed: 0, total: 131 },
    });
    expect(items).toHaveLength(131);
    expect(items[0]).toMatchObject({ status: "done", kind: "file", path: "/to/f0" });
    expect(await names(client, from.id)).toEqual([]);
    expect(await names(client, to.id)).toHaveLength(131);
  });

  test("deletes what a search finds, and nothing else", async () => {
    const client = await world().member();
    const [old, kept] = [await client.store("old.txt", "1"), await client.store("kept.txt", "2")];
    await client.patch(`/api/v1/files/${old.id}`, { tags: ["old"] });
    const folder = await client.makeFolder("folder");
    await client.patch(`/api/v1/folders/${folder.id}`, { tags: ["old"] });

    const { job } = await run(client, { search: { tag: "old" } }, { op: "delete" });

    expect(job).toMatchObject({ state: "succeeded", progress: { done: 2, failed: 0 } });
    expect(await names(client)).toEqual([kept.name]);
    const audit = (await client.get("/api/v1/me/audit?limit=10")).json.items;
    const deleted = audit.filter(({ action }) => action.endsWith(".delete"));
    expect(deleted.map(({ target }) => target?.id).sort()).toEqual([old.id, folder.id].sort());
  });

  test("copies, restores and tags by ids, and says of each what is wrong", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("folder");
    const [a, b] = [await client.store("a", "1"), await client.store("b", "2")];
    const [unknown, ids] = [newId(), [a.id, b.id]];

    const copied = await run(client, { ids: [...ids, unknown, folder.id] }, { op: "copy" });
    for (const { links } of [a, b]) await client.delete(links.content);
    const restored = await run(client, { ids }, { op: "restore" });
    const tagged = await run(client, { ids: [folder.id] }, { op: "tag", add: ["x"] });

    expect(copied.job).toMatchObject({ progress: { done: 2, failed: 2 } });
    expect(copied.items).toMatchObject([
      { sourceId: a.id, status: "done", path: "/a (2)" },
      { sourceId: b.id, status: "done", path: "/b (2)" },
      { sourceId: unknown, status: "failed", problem: { code: "not-found" } },
      { sourceId: folder.id, status: "failed", problem: { code: "invalid-request" } },
    ]);
    expect(restored.items).toMatchObject([{ path: "/a" }, { path: "/b" }]);
    expect(tagged.job).toMatchObject({ progress: { done: 1 } });
    expect((await client.get(folder.links.metadata)).json.tags).toEqual(["x"]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("does a batch again without doing anything twice", async () => {
    const client = await world().member();
    const ids = await store(client, "root", 5);
    const jobs = world().mongo.db.collection<{ _id: string }>("jobs");
    for (const operation of [{ op: "copy" }, { op: "delete" }, { op: "restore" }]) {
      const { json } = await client.post(JOBS, { selection: { ids }, operation });
      await world().settle();
      // As if the worker had died before it recorded the batch.
      const before = { pending: ids, next: null };
      const again = { state: "running", position: before, "progress.done": 0, finishedAt: null };
      await jobs.updateOne({ _id: json.id }, { $set: { ...again, leaseUntil: new Date(0) } });
      await world().settle();
      const { state, progress } = (await client.get(json.links.job)).json;
      expect([operation.op, state, progress.done]).toEqual([operation.op, "succeeded", 5]);
    }

    expect(await names(client)).toHaveLength(10);
    expect((await client.get("/api/v1/trash")).json.items).toEqual([]);
    expect(await world().leftovers()).toEqual(NOTHING_LEFT);
  });

  test("does not leave the folder of a key, and needs the scope of its operation", async () => {
    const client = await world().member();
    const outside = await client.store("outside", "1");
    const folder = await client.makeFolder("folder");
    const [inside] = await store(client, folder.id, 1);
    const { client: key } = await client.makeKey(["files:read", "files:write"], {
      rootFolderId: folder.id,
    });

    const tagged = await run(key, { search: {} }, { op: "tag", add: ["x"] });
    const reached = await run(key, { ids: [outside.id] }, { op: "tag", add: ["x"] });
    const deleted = await run(key, { ids: [inside] }, { op: "delete" });

    expect(tagged.items).toMatchObject([{ sourceId: inside, status: "done" }]);
    const [refusedReach, refusedDelete] = [reached.items[0], deleted.items[0]];
    expect(refusedReach).toMatchObject({ status: "failed", problem: { code: "not-found" } });
    expect(refusedDelete?.problem.code).toBe("insufficient-scope");
    expect((await client.get(outside.links.metadata)).json.tags).toEqual([]);
  });

  test("is cancelled before its end, and what was done stays", async () => {
    const client = await world().member();
    const ids = await store(client, "root", 3);

    const { json } = await client.post(JOBS, { selection: { ids }, operation: { op: "delete" } });
    await client.delete(json.links.job);
    await world().settle();

    const job = (await client.get(json.links.job)).json;
    expect(job).toMatchObject({ state: "cancelled", progress: { done: 0 } });
    expect(await names(client)).toHaveLength(3);
  });

  test.each<[object, object | null | undefined, string]>([
    [{}, { op: "delete" }, "/selection"],
    [{ folderId: "root" }, undefined, "/operation"],
    [{ folderId: "root" }, null, "/operation"],
    [{ folderId: "root", ids: [newId()] }, { op: "delete" }, "/selection"],
    [{ ids: [] }, { op: "delete" }, "/selection/ids"],
    [{ search: { minBytes: "1" } }, { op: "delete" }, "/selection/search/minBytes"],
    [{ search: { content: "!" } }, { op: "delete" }, "/selection/search/content"],
    [{ search: { sort: "name" } }, { op: "delete" }, "/selection/search"],
    [{ folderId: "root" }, { op: "erase" }, "/operation/op"],
    [{ folderId: "root" }, { op: "delete", id: newId() }, "/operation"],
    [{ folderId: "root" }, { op: "move" }, "/operation"],
  ])("for %j with %j is refused: 400, at %s", async (selection, operation, pointer) => {
    const client = await world().member();

    const { status, json } = await client.post(JOBS, { selection, operation });

    expect([status, json.errors.map((fault) => fault.pointer)]).toEqual([400, [pointer]]);
  });

  test("is refused for a folder that is not there: 404, and to nobody: 401", async () => {
    const client = await world().member();
    const body = { selection: { folderId: newId() }, operation: { op: "delete" } };

    expect((await client.post(JOBS, body)).status).toBe(404);
    expect((await world().visitor().post(JOBS, body)).status).toBe(401);
  });
});
