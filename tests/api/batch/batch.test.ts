import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

const BATCH = "/api/v1/batch";

const run = async (client: Client, ...operations: readonly object[]) => {
  const { status, json } = await client.post(BATCH, { operations });
  expect(status).toBe(207);
  return json.items;
};

const names = async (client: Client, folderId = "root") => {
  const { json } = await client.get(`/api/v1/folders/${folderId}/children?sort=name`);
  return json.items.map(({ name }) => name);
};

describe("A batch", () => {
  test("moves, renames, copies, deletes, restores and tags, with a result for each in order", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("folder");
    const [a, b, c] = [
      await client.store("a", "1"),
      await client.store("b", "2"),
      await client.store("c", "3"),
    ];
    await client.delete(c.links.content);

    const items = await run(
      client,
      { op: "move", id: a.id, folderId: folder.id },
      { op: "move", id: a.id, name: "renamed" },
      { op: "copy", id: b.id },
      { op: "copy", id: b.id, folderId: folder.id, name: "b" },
      { op: "tag", id: folder.id, add: ["x", "y"] },
      { op: "tag", id: folder.id, add: ["z"], remove: ["x"] },
      { op: "restore", id: c.id },
      { op: "delete", id: b.id },
      { op: "delete", id: c.id, permanent: true },
    );

    expect(items).toMatchObject([
      { status: 200, entry: { id: a.id, path: "/folder/a", folderId: folder.id } },
      { status: 200, entry: { id: a.id, path: "/folder/renamed" } },
      { status: 201, entry: { name: "b (2)", path: "/b (2)", sizeBytes: 1 } },
      { status: 201, entry: { path: "/folder/b" } },
      { status: 200, entry: { id: folder.id, kind: "folder", tags: ["x", "y"] } },
      { status: 200, entry: { tags: ["y", "z"] } },
      { status: 200, entry: { id: c.id, path: "/c" } },
      { status: 204 },
      { status: 204 },
    ]);
    expect(await names(client)).toEqual(["b (2)", "folder"]);
    expect(await names(client, folder.id)).toEqual(["b", "renamed"]);
    const trash = await client.get("/api/v1/trash");
    expect(trash.json.items).toMatchObject([{ id: b.id }]);
  });

  test("does what it can, and says what is wrong with the rest", async () => {
    const client = await world().member();
    const other = await (await world().member()).store("theirs", "x");
    const [a, b] = [await client.store("a", "1"), await client.store("b", "2")];
    const folder = await client.makeFolder("folder");

    const items = await run(
      client,
      { op: "delete", id: other.id },
      { op: "move", id: a.id, name: "b" },
      { op: "move", id: a.id, name: "a/b" },
      { op: "move", id: a.id, folderId: newId() },
      { op: "move", id: folder.id, folderId: folder.id },
      { op: "copy", id: folder.id, onConflict: "version" },
      { op: "restore", id: a.id },
      { op: "tag", id: b.id, add: ["done"] },
    );

    expect(items).toMatchObject([
      { status: 404 },
      { status: 409, problem: { code: "name-taken", name: "b" } },
      {
        status: 400,
        problem: { code: "invalid-name", errors: [{ pointer: "/operations/2/name" }] },
      },
      { status: 404 },
      { status: 409, problem: { code: "folder-into-itself" } },
      { status: 400, problem: { errors: [{ pointer: "/operations/5/onConflict" }] } },
      { status: 404 },
      { status: 200, entry: { tags: ["done"] } },
    ]);
    expect(await names(client)).toEqual(["a", "b", "folder"]);
  });

  test("copies a folder by a job: 202", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("folder");
    await client.put(`/api/v1/files?name=a&folderId=${folder.id}`, "1");

    const [item] = await run(client, { op: "copy", id: folder.id, name: "copy" });
    await world().settle();

    expect(item).toMatchObject({ status: 202, job: { kind: "copy", state: "queued" } });
    expect((await client.get("/api/v1/by-path/copy/a")).bytes.toString()).toBe("1");
  });

  test("keeps the order of renames that depend on each other", async () => {
    const client = await world().member();
    const [a, b] = [await client.store("a", "1"), await client.store("b", "2")];

    const items = await run(
      client,
      { op: "move", id: a.id, name: "t" },
      { op: "move", id: b.id, name: "a" },
      { op: "move", id: a.id, name: "b" },
    );

    expect(items.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await names(client)).toEqual(["a", "b"]);
    expect((await client.get(a.links.metadata)).json.name).toBe("b");
  });

  test("may have a body of 1 MiB, not more", async () => {
    const client = await world().member();
    const move = { op: "move", id: newId(), folderId: newId(), name: "é".repeat(120) };
    const operations = Array.from({ length: 1000 }, () => move);

    const large = await client.post(BATCH, { operations });
    const tooLarge = await client.post(BATCH, {
      operations: [{ ...move, name: "x".repeat(2 ** 20) }],
    });

    expect(large.json.items).toHaveLength(1000);
    expect(tooLarge.status).toBe(413);
  });

  test("does a thousand operations", async () => {
    const client = await world().member();
    const file = await client.store("a", "1");
    const copies = Array.from({ length: 1000 }, () => ({ op: "copy", id: file.id }));
    const { json } = await client.post(BATCH, { operations: copies.slice(0, 40) });
    const ids = [file.id, ...json.items.map(({ entry }) => entry.id)];
    const operations = Array.from({ length: 1000 }, (_, n) => ({
      op: "tag",
      id: ids[n % ids.length],
      add: [`t${Math.floor(n / ids.length)}`],
    }));

    const items = await run(client, ...operations);

    expect(items).toHaveLength(1000);
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await client.get(file.links.metadata)).json.tags).toHaveLength(25);
  });

  test("tags at most 50 times, and says in which operation that is exceeded", async () => {
    const client = await world().member();
    const file = await client.store("a", "1");
    const tags = (from: number) => Array.from({ length: 30 }, (_, n) => `t${from + n}`);

    const items = await run(
      client,
      { op: "tag", id: file.id, add: tags(0) },
      { op: "tag", id: file.id, add: tags(30) },
    );

    expect(items).toMatchObject([
      { status: 200 },
      { status: 400, problem: { errors: [{ pointer: "/operations/1/add" }] } },
    ]);
  });

  test("asks for the scope of each operation, and does not leave the folder of a key", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("folder");
    const outside = await client.store("outside", "1");
    const { json: inside } = await client.put(
      `/api/v1/files?name=inside&folderId=${folder.id}`,
      "2",
    );
    const { client: key } = await client.makeKey(["files:read", "files:write"], {
      rootFolderId: folder.id,
    });

    const items = await run(
      key,
      { op: "tag", id: outside.id, add: ["x"] },
      { op: "move", id: inside.id, folderId: "root", name: "renamed" },
      { op: "move", id: folder.id, name: "renamed" },
      { op: "delete", id: inside.id },
    );

    expect(items).toMatchObject([
      { status: 404 },
      { status: 200, entry: { path: "/renamed" } },
      { status: 409, problem: { code: "root-folder" } },
      { status: 403, problem: { code: "insufficient-scope" } },
    ]);
    expect(await names(client)).toEqual(["folder", "outside"]);
  });

  test("writes each deletion into the audit log", async () => {
    const client = await world().member();
    const file = await client.store("a", "1");
    const folder = await client.makeFolder("folder");

    await run(client, { op: "delete", id: file.id }, { op: "delete", id: folder.id });

    const { json } = await client.get("/api/v1/me/audit?limit=2");
    const acts = json.items.map(({ action, target }) => [action, target?.id]);
    expect(acts).toEqual(
      expect.arrayContaining([
        ["file.delete", file.id],
        ["folder.delete", folder.id],
      ]),
    );
  });

  test("is for those who are signed in", async () => {
    const { status } = await world().visitor().post(BATCH, { operations: [] });

    expect(status).toBe(401);
  });
});
