import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const DAY_MS = 86_400_000;

const world = useWorld({ trashRetentionMs: 30 * DAY_MS });

const TRASH = "/api/v1/trash";

async function list(client: Awaited<ReturnType<ReturnType<typeof world>["member"]>>) {
  return (await client.get(TRASH)).json.items;
}

describe("The trash", () => {
  test("lists what was deleted, the last first, and counts it in the usage", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("folder");
    await client.put(`/api/v1/files?name=inside&folderId=${folder.id}`, "content");
    const file = await client.store("a.txt", "content");

    await client.delete(folder.links.metadata);
    await client.delete(file.links.content);

    const items = await list(client);
    expect(items).toMatchObject([
      { id: file.id, kind: "file", name: "a.txt", path: "/a.txt", sizeBytes: 7 },
      { id: folder.id, kind: "folder", name: "folder", path: "/folder", sizeBytes: 0 },
    ]);
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 14, files: 2 });
  });

  test("is listed page by page", async () => {
    const client = await world().member();
    for (const name of ["a", "b", "c"])
      await client.delete((await client.store(name, name)).links.content);

    const first = await client.get(`${TRASH}?limit=2`);
    const second = await client.get(`${TRASH}?limit=2&cursor=${first.json.nextCursor ?? ""}`);

    expect(first.json.items.map(({ name }) => name)).toEqual(["c", "b"]);
    expect(second.json.items.map(({ name }) => name)).toEqual(["a"]);
    expect(second.json.nextCursor).toBeNull();
  });

  test("gives back a file, with its content and its versions", async () => {
    const client = await world().member();
    const { id: folderId } = await client.makeFolder("folder");
    const put = await client.put(`/api/v1/files?name=a.txt&folderId=${folderId}`, "content");
    await client.delete(put.json.links.content);

    const { status, json } = await client.post(`${TRASH}/${put.json.id}/restore`, {});

    expect(status).toBe(200);
    expect(json).toMatchObject({ id: put.json.id, path: "/folder/a.txt" });
    expect((await client.get(put.json.links.content)).bytes.toString()).toBe("content");
    expect(await list(client)).toEqual([]);
  });

  test("gives back a folder with all that it held, at once", async () => {
    const client = await world().member();
    const outer = await client.makeFolder("outer");
    const inner = await client.makeFolder("inner", outer.id);
    const put = await client.put(`/api/v1/files?name=a.txt&folderId=${inner.id}`, "content");
    await client.delete(outer.links.metadata);

    const { status } = await client.post(`${TRASH}/${outer.id}/restore`, {});

    expect(status).toBe(200);
    const { json } = await client.get(put.json.links.metadata);
    expect(json.path).toBe("/outer/inner/a.txt");
  });

  test("makes the path again where the folder is gone, and numbers a name that is taken", async () => {
    const client = await world().member();
    const outer = await client.makeFolder("outer");
    const inner = await client.makeFolder("inner", outer.id);
    const put = await client.put(`/api/v1/files?name=a.txt&folderId=${inner.id}`, "old");
    await client.delete(put.json.links.content);
    await client.delete(`${outer.links.metadata}?permanent=true`);
    await world().settle();

    const restored = await client.post(`${TRASH}/${put.json.id}/restore`, {});
    await client.delete(put.json.links.content);
    await client.put(`/api/v1/files?name=a.txt&folderId=${restored.json.folderId}`, "new");
    const again = await client.post(`${TRASH}/${put.json.id}/restore`, {});

    expect(restored.json.path).toBe("/outer/inner/a.txt");
    expect(again.json.path).toBe("/outer/inner/a (2).txt");
  });

  test("gives an item back into another folder", async () => {
    const client = await world().member();
    const [file, to] = [await client.store("a.txt", "content"), await client.makeFolder("to")];
    await client.delete(file.links.content);

    const { json } = await client.post(`${TRASH}/${file.id}/restore`, { folderId: to.id });

    expect(json.path).toBe("/to/a.txt");
  });

  test("gives an item back once, though it is asked for many times at once", async () => {
    const client = await world().member();
    const file = await client.store("a.txt", "content");
    await client.delete(file.links.content);

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.post(`${TRASH}/${file.id}/restore`, {})),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(7);
  });

  test("removes an item for good, and all when it is emptied", async () => {
    const client = await world().member();
    const [a, b, c] = [
      await client.store("a", "content"),
      await client.store("b", "content"),
      await client.makeFolder("c"),
    ];
    for (const { links } of [a, b]) await client.delete(links.content);
    await client.delete(c.links.metadata);

    const removed = await client.delete(`${TRASH}/${a.id}`);
    const emptied = await client.delete(TRASH);

    expect([removed.status, emptied.status]).toEqual([204, 204]);
    expect(await list(client)).toEqual([]);
    for (const { id } of [a, b, c]) {
      expect((await client.post(`${TRASH}/${id}/restore`, {})).status).toBe(404);
    }
    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
    await client.delete((await client.store("d", "later")).links.content);
    expect(await list(client)).toMatchObject([{ name: "d" }]);
  });

  test("forgets what has been in it for too long", async () => {
    const client = await world().member();
    const file = await client.store("a", "content");
    await client.delete(file.links.content);
    const entries = world().mongo.db.collection<Entry>("entries");
    const at = new Date(Date.now() - 31 * DAY_MS);
    await entries.updateOne({ _id: file.id }, { $set: { "trash.at": at } });

    await world().sweep();
    await world().settle();

    expect(await entries.findOne({ _id: file.id })).toBeNull();
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("of another account, and what is not in it: 404", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const [deleted, live] = [await client.store("a", "a"), await client.store("b", "b")];
    await client.delete(deleted.links.content);

    for (const answer of [
      await other.post(`${TRASH}/${deleted.id}/restore`, {}),
      await other.delete(`${TRASH}/${deleted.id}`),
      await client.delete(`${TRASH}/${live.id}`),
      await client.post(`${TRASH}/${newId()}/restore`, {}),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect(await list(other)).toEqual([]);
  });

  test("shows a key that may not leave a folder only what was in it", async () => {
    const client = await world().member();
    const [inside, outside] = [await client.makeFolder("in"), await client.store("out", "x")];
    const put = await client.put(`/api/v1/files?name=a&folderId=${inside.id}`, "content");
    const scopes = ["files:read", "files:write", "files:delete"];
    const key = await client.makeKey(scopes, { rootFolderId: inside.id });
    await client.delete(put.json.links.content);
    await client.delete(outside.links.content);

    expect((await key.client.get(TRASH)).json.items).toMatchObject([{ id: put.json.id }]);
    expect((await key.client.post(`${TRASH}/${outside.id}/restore`, {})).status).toBe(404);
    expect((await key.client.delete(TRASH)).status).toBe(404);
    expect((await key.client.post(`${TRASH}/${put.json.id}/restore`, {})).status).toBe(200);
  });
});
