import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../../common/entries/entry.js";
import { type Id, newId } from "../../../common/platform/ids.js";
import type { FolderJson } from "../../support/answer-json.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const FOLDERS = "/api/v1/folders";

/** Stores copies of a folder, each in the one before it. @returns The id of the last. */
async function nest({ id }: FolderJson, times: number): Promise<Id> {
  const entries = world().mongo.db.collection<Entry>("entries");
  const folder = await entries.findOne({ _id: id });
  if (folder === null) throw new Error("There is no such folder");
  const ids = [id, ...Array.from({ length: times }, newId)];
  await entries.insertMany(
    ids.slice(1).map((_id, n) => ({ ...folder, _id, parentId: ids[n] ?? id })),
  );
  return ids.at(-1) ?? id;
}

describe("POST /folders", () => {
  test("makes an empty folder in the root: 201", async () => {
    const client = await world().member();
    const { home } = await world().actorOf(client);

    const { status, headers, json } = await client.post(FOLDERS, { name: "Holidays" });

    expect(status).toBe(201);
    expect(json).toMatchObject({
      kind: "folder",
      parentId: home.rootFolderId,
      name: "Holidays",
      links: { metadata: `${FOLDERS}/${json.id}`, children: `${FOLDERS}/${json.id}/children` },
    });
    expect(headers["location"]).toBe(world().url + json.links.metadata);
    expect((await client.get(json.links.metadata)).json).toEqual(json);
    expect((await client.get(json.links.children)).json.items).toEqual([]);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("makes a folder in another, which has names of its own: 201", async () => {
    const client = await world().member();
    const outer = await client.makeFolder("a");

    const { status, json } = await client.post(FOLDERS, { name: "a", parentId: outer.id });

    expect(status).toBe(201);
    expect(json.parentId).toBe(outer.id);
  });

  test("keeps the name in NFC, so that both forms of é are one name", async () => {
    const client = await world().member();

    const { json } = await client.post(FOLDERS, { name: "e\u0301te\u0301" });
    const again = await client.post(FOLDERS, { name: "\u00e9t\u00e9" });

    expect(json.name).toBe("\u00e9t\u00e9");
    expect(again.json).toMatchObject({ status: 409, code: "name-taken", name: "\u00e9t\u00e9" });
  });

  test("tells names apart by letter case, and takes 255 bytes", async () => {
    const client = await world().member();

    for (const name of ["a", "A", "ä".repeat(127) + "x"]) {
      expect((await client.makeFolder(name)).name).toBe(name);
    }
  });

  test("nests folders 64 deep, not deeper: 409", async () => {
    const client = await world().member();
    const above = await nest(await client.makeFolder("a"), 62);
    const { id } = await client.makeFolder("a", above);

    const { status, json } = await client.post(FOLDERS, { name: "a", parentId: id });

    expect(status).toBe(409);
    expect(json).toMatchObject({ code: "folder-too-deep", maxDepth: 64 });
    expect((await client.get(`${FOLDERS}/${id}/children?total=true`)).json.total).toBe(0);
    expect((await client.put(`/api/v1/files?name=a&folderId=${id}`, "")).status).toBe(201);
  });

  test("answers 401 without a session", async () => {
    const { status } = await world().visitor().post(FOLDERS, { name: "a" });

    expect(status).toBe(401);
  });

  test.each([
    [{}, "/name"],
    [{ name: 1 }, "/name"],
    [{ name: null }, "/name"],
    [{ name: ["a"] }, "/name"],
    [{ name: "a", parentId: "" }, "/parentId"],
    [{ name: "a", parentId: "a/b" }, "/parentId"],
    [{ name: "a", parentId: null }, "/parentId"],
    [{ name: "a", parentId: { $ne: null } }, "/parentId"],
    [{ name: "a", ownerId: "x" }, "/ownerId"],
    [["a"], ""],
  ])("answers %j with 400 and a pointer", async (body, pointer) => {
    const { status, json } = await (await world().member()).post(FOLDERS, body);

    expect(status).toBe(400);
    expect(json.code).toBe("invalid-request");
    expect(json.errors).toMatchObject([{ in: "body", pointer }]);
  });

  test.each(["", ".", "..", "  ", "a/b", "a\\b", "a\u0000", "\u202eexe", "x".repeat(256)])(
    "answers the name %j with 400 invalid-name",
    async (name) => {
      const client = await world().member();

      const { status, json } = await client.post(FOLDERS, { name });

      expect(status).toBe(400);
      expect(json.code).toBe("invalid-name");
      expect(json.errors).toEqual([{ in: "body", pointer: "/name", detail: json.detail }]);
      expect((await client.get(`${FOLDERS}/root/children`)).json.items).toEqual([]);
    },
  );

  test("answers 404 to a parent that does not exist, or is a file", async () => {
    const client = await world().member();
    const file = await client.store("file", "x");

    for (const parentId of [newId(), file.id]) {
      const { status, json } = await client.post(FOLDERS, { name: "a", parentId });
      expect(status).toBe(404);
      expect(json.code).toBe("not-found");
    }
  });
});

describe("GET /folders/{id}", () => {
  test("shows the root under its id and as root, without name, parent and dates", async () => {
    const client = await world().member();
    const { home } = await world().actorOf(client);

    const { status, json } = await client.get(`${FOLDERS}/root`);

    expect(status).toBe(200);
    expect(json).toEqual({
      id: home.rootFolderId,
      kind: "folder",
      parentId: null,
      path: "/",
      name: "",
      tags: [],
      description: "",
      isFavourite: false,
      properties: {},
      createdAt: null,
      updatedAt: null,
      links: {
        metadata: `${FOLDERS}/${home.rootFolderId}`,
        children: `${FOLDERS}/${home.rootFolderId}/children`,
      },
    });
    expect((await client.get(`${FOLDERS}/${home.rootFolderId}`)).json).toEqual(json);
  });

  test.each(["", "/children"])("is 401 without a session: %j", async (rest) => {
    expect((await world().visitor().get(`${FOLDERS}/root${rest}`)).status).toBe(401);
  });

  test.each(["", "/children"])("is 404 for what is no folder: %j", async (rest) => {
    const client = await world().member();
    const file = await client.store("file", "x");

    for (const id of [newId(), "x", "%24", file.id]) {
      expect((await client.get(`${FOLDERS}/${id}${rest}`)).status).toBe(404);
    }
  });
});

describe("A folder", () => {
  test("is no file: 404, and it stays", async () => {
    const client = await world().member();
    const { id, links } = await client.makeFolder("a");
    const path = `/api/v1/files/${id}`;

    expect((await client.get(path)).status).toBe(404);
    expect((await client.get(`${path}/metadata`)).status).toBe(404);
    expect((await client.delete(path)).status).toBe(404);
    expect((await client.get(links.metadata)).status).toBe(200);
  });
});
