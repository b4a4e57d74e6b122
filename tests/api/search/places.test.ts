import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const SEARCH = "/api/v1/search";

/** What one search finds, in its order. */
async function names(client: Client, query: Readonly<Record<string, string>>) {
  const { json } = await client.get(`${SEARCH}?${new URLSearchParams(query).toString()}`);
  return json.items.map(({ name }) => name);
}

describe("GET /search where things lie", () => {
  /** a/b/x, a/x and x. */
  async function withTree() {
    const client = await world().member();
    const a = await client.makeFolder("a");
    const b = await client.makeFolder("b", a.id);
    for (const folderId of [b.id, a.id, "root"])
      await client.put(`/api/v1/files?name=x&folderId=${folderId}`, folderId);
    return { client, a, b };
  }

  test("finds what is in a folder and anywhere below it", async () => {
    const { client, a, b } = await withTree();
    const found = async (folderId: string) => (await names(client, { q: "x", folderId })).length;

    expect([await found("root"), await found(a.id), await found(b.id)]).toEqual([3, 2, 1]);
    expect(await names(client, { folderId: a.id, kind: "folder" })).toEqual(["b"]);
    expect((await client.get(`${SEARCH}?q=x&folderId=${a.id}&total=true`)).json).toMatchObject({
      total: 2,
    });
  });

  test("finds nothing below a deleted folder, and does not count it", async () => {
    const { client, a } = await withTree();
    await client.delete(`/api/v1/folders/${a.id}`);

    const { json } = await client.get(`${SEARCH}?q=x&total=true`);

    expect(json).toMatchObject({ total: 1, items: [{ name: "x" }], nextCursor: null });
    expect(await names(client, {})).toEqual(["x"]);
    expect((await client.get(`${SEARCH}?folderId=${a.id}`)).status).toBe(404);
  });

  test("shows where each is, as the credential sees it", async () => {
    const { client, a, b } = await withTree();
    const paths = async (reader: Client, query: string) => {
      const { json } = await reader.get(`${SEARCH}?sort=size&q=${query}`);
      return json.items.map(({ path }) => path).sort();
    };
    const { client: keyHolder } = await client.makeKey(["files:read"], { rootFolderId: a.id });

    expect(await paths(client, "x")).toEqual(["/a/b/x", "/a/x", "/x"]);
    expect(await paths(client, "b")).toEqual(["/a/b"]);
    expect(await paths(client, `x&folderId=${b.id}`)).toEqual(["/a/b/x"]);
    expect(await paths(keyHolder, "x")).toEqual(["/b/x", "/x"]);
  });

  test("follows what was renamed and moved", async () => {
    const { client, a, b } = await withTree();

    await client.patch(`/api/v1/folders/${a.id}`, { name: "Zebra", tags: ["t"] });
    await client.patch(`/api/v1/folders/${b.id}`, { parentId: "root", name: "Yak" });

    expect(await names(client, { q: "zeb" })).toEqual(["Zebra"]);
    expect(await names(client, { q: "ak", match: "anywhere" })).toEqual(["Yak"]);
    expect(await names(client, { q: "b" })).toEqual([]);
    expect(await names(client, { tag: "t" })).toEqual(["Zebra"]);
    expect(await names(client, { q: "x", folderId: a.id })).toEqual(["x"]);
    expect(await names(client, { sort: "name", kind: "folder" })).toEqual(["Yak", "Zebra"]);
  });

  test("finds no more with a key of a folder than lies in it", async () => {
    const { client, a, b } = await withTree();
    const terms = { rootFolderId: b.id };
    const { client: keyHolder } = await client.makeKey(["files:read"], terms);

    expect(await names(keyHolder, { q: "x" })).toHaveLength(1);
    expect((await keyHolder.get(`${SEARCH}?folderId=${a.id}`)).status).toBe(404);
  });

  test("finds nothing of anybody else", async () => {
    const other = await world().member();
    const { a } = await withTree();

    expect(await names(other, { q: "x" })).toEqual([]);
    expect(await names(other, { q: "x", match: "anywhere" })).toEqual([]);
    expect(await names(other, {})).toEqual([]);
    expect((await other.get(`${SEARCH}?folderId=${a.id}`)).status).toBe(404);
  });

  test("is 401 without a session, and 403 without the scope", async () => {
    const { client: writer } = await (await world().member()).makeKey(["files:write"]);

    expect((await world().visitor().get(SEARCH)).status).toBe(401);
    expect((await writer.get(SEARCH)).status).toBe(403);
  });
});
