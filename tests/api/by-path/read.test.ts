import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { KEPT_NAMES } from "../../support/names.js";
import { useWorld } from "../../support/use-world.js";
import { at, folders, storeAt } from "./tree.js";

const world = useWorld();

/** What a request with this path, sent as it is, is answered. */
async function answerTo(client: Client, path: string) {
  const raw = await world().raw();
  const head = `GET /api/v1/by-path/${path} HTTP/1.1\r\nHost: a\r\nCookie: ${client.cookie}\r\nConnection: close\r\n\r\n`;
  return raw.send(head).closed();
}

describe("GET /by-path/{path}", () => {
  test("sends a file as GET /files/{id} does: ranges, conditions and digests", async () => {
    const client = await world().member();
    const file = await storeAt(client, ["a", "b", "c.txt"], "0123456789");
    const path = at("a", "b", "c.txt");
    const byId = file.links.content;

    for (const headers of [
      {},
      { Range: "bytes=2-4" },
      { Range: "bytes=20-" },
      { Range: "bytes=0-1,5-6" },
      { "If-None-Match": file.etag },
      { "If-Match": '"other"' },
      { "Want-Content-Digest": "sha-256=5" },
    ]) {
      const [one, other] = [await client.get(path, headers), await client.get(byId, headers)];
      expect([headers, one.status]).toEqual([headers, other.status]);
      for (const name of ["etag", "last-modified", "content-range", "content-disposition"]) {
        expect(one.headers[name]).toBe(other.headers[name]);
      }
      expect(one.headers["repr-digest"]).toBe(other.headers["repr-digest"]);
      expect(one.headers["content-length"] === undefined).toBe(
        other.headers["content-length"] === undefined,
      );
    }
    expect((await client.get(path)).bytes.toString()).toBe("0123456789");
    const head = await client.head(path);
    expect([head.status, head.headers["content-length"], head.headers["etag"]]).toEqual([
      200,
      "10",
      file.etag,
    ]);
  });

  test("finds files and folders of every name that there can be", async () => {
    const client = await world().member();
    for (const name of KEPT_NAMES) await storeAt(client, [name, name], name);

    for (const name of KEPT_NAMES) {
      expect((await client.get(at(name, name))).bytes.toString()).toBe(name);
      const { json } = await client.get(`${at(name)}?metadata`);
      expect(json).toMatchObject({ kind: "folder", name });
    }
  });

  test("compares names in NFC", async () => {
    const client = await world().member();
    await storeAt(client, ["e\u0301", "n\u0303"], "content");

    expect((await client.get(at("é", "ñ"))).status).toBe(200);
    expect((await client.get(at("e\u0301", "n\u0303"))).status).toBe(200);
  });

  test("shows metadata with ?metadata, as the entry's own resource does", async () => {
    const client = await world().member();
    const file = await storeAt(client, ["a", "b"], "content");
    const folder = (await client.get(`/api/v1/folders/${file.folderId}`)).json;

    for (const query of ["metadata", "metadata=true", "metadata="]) {
      const [one, other] = [
        await client.get(`${at("a", "b")}?${query}`),
        await client.get(file.links.metadata),
      ];
      expect(one.json).toEqual(other.json);
      expect(one.headers["etag"]).toBe(other.headers["etag"]);
      expect((await client.get(`${at("a")}?${query}`)).json).toEqual(folder);
      expect((await client.get(`${at("a")}/?${query}`)).json).toEqual(folder);
    }
    const root = await client.get("/api/v1/by-path/?metadata");
    expect(root.json).toEqual((await client.get("/api/v1/folders/root")).json);
    const { etag = "" } = (await client.get(`${at("a")}?metadata`)).headers;
    const again = await client.get(`${at("a")}?metadata`, { "If-None-Match": etag });
    expect(again.status).toBe(304);
  });

  test("of a folder is 409 is-folder, and says where its children are", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("a");
    const links = { children: `/api/v1/folders/${id}/children` };

    for (const path of [at("a"), `${at("a")}/`]) {
      const { status, json } = await client.get(path);
      expect([status, json]).toMatchObject([409, { code: "is-folder", links }]);
    }
    expect((await client.get("/api/v1/by-path/")).json).toMatchObject({ code: "is-folder" });
    expect((await client.head(at("a"))).status).toBe(409);
  });

  test.each([
    ["nothing has the name", ["nothing"]],
    ["a folder on the way is missing", ["nothing", "a"]],
    ["a file is on the way", ["file", "a"]],
    ["the name differs in letter case", ["FILE"]],
    ["the path is longer than what is there", ["folder", "file", "a"]],
  ])("is 404 where %s", async (_, names) => {
    const client = await world().member();
    await client.store("file", "content");
    await storeAt(client, ["folder", "file"], "content");

    const { status, json } = await client.get(at(...names));

    expect([status, json]).toMatchObject([404, { code: "not-found" }]);
    expect((await client.get(`${at(...names)}?metadata`)).status).toBe(404);
  });

  test("of a file with a slash at the end is 404", async () => {
    const client = await world().member();
    await client.store("file", "content");

    expect((await client.get(`${at("file")}/`)).status).toBe(404);
    expect((await client.get(`${at("file")}/?metadata`)).status).toBe(404);
  });

  test("finds nothing in a deleted folder, and the new one of its name", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("a");
    await storeAt(client, ["a", "b", "c"], "old");

    await client.delete(`/api/v1/folders/${id}`);
    expect((await client.get(at("a", "b", "c"))).status).toBe(404);
    await storeAt(client, ["a", "d"], "new");

    expect((await client.get(at("a", "b", "c"))).status).toBe(404);
    expect((await client.get(at("a", "d"))).bytes.toString()).toBe("new");
  });

  test("follows a folder that moves", async () => {
    const client = await world().member();
    const { folderId } = await storeAt(client, ["a", "b"], "content");

    await client.patch(`/api/v1/folders/${folderId}`, { name: "c" });

    expect((await client.get(at("a", "b"))).status).toBe(404);
    expect((await client.get(at("c", "b"))).status).toBe(200);
  });

  test("is 400 for a path that none can be, and says so of the path", async () => {
    const client = await world().member();
    const tooDeep = "x/".repeat(65);
    const dots = ["..", ".", "a/../b", "%2e%2e/b"];
    const others = ["a//b", "/a", "a//", "a%2Fb", "a%5cb", "a%00b", "%ff", "%"];

    for (const path of [...dots, ...others, tooDeep, `${tooDeep}y`]) {
      const { status, body } = await answerTo(client, path);
      expect([path, status, JSON.parse(body)]).toMatchObject([
        path,
        400,
        { errors: [{ in: "path", pointer: "path" }] },
      ]);
    }
  });

  test("reaches as deep as folders can be", async () => {
    const client = await world().member();
    const names = folders(64);
    await storeAt(client, [...names, "file"], "content");

    expect((await client.get(at(...names, "file"))).bytes.toString()).toBe("content");
  });

  test("is 404 for another account, and begins at the folder that a key may not leave", async () => {
    const client = await world().member();
    const other = await world().member();
    const inside = await storeAt(client, ["a", "b", "c"], "inside");
    await storeAt(client, ["b", "c"], "outside");
    const { json: folder } = await client.get(`${at("a")}?metadata`);
    const key = await client.makeKey(["files:read"], { rootFolderId: folder.id });

    expect((await other.get(at("a", "b", "c"))).status).toBe(404);
    const found = await key.client.get(`${at("b", "c")}?metadata`);
    expect(found.json).toMatchObject({ id: inside.id, path: "/b/c" });
    expect((await key.client.get(at("a", "b", "c"))).status).toBe(404);
    expect((await key.client.get("/api/v1/by-path/?metadata")).json).toMatchObject({ path: "/" });
    await client.delete(`/api/v1/folders/${folder.id}`);
    expect((await key.client.get(at("b", "c"))).status).toBe(404);
  });
});
