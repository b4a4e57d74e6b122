import { describe, expect, test } from "@jest/globals";
import type { Entry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";
import { everyEvent } from "../audit/log.js";
import { at, folders, storeAt } from "./tree.js";

const world = useWorld();

const textAt = async (
  client: { get: (path: string) => Promise<{ bytes: Buffer }> },
  path: string,
) => (await client.get(path)).bytes.toString();

describe("PUT /by-path/{path}", () => {
  test("stores a new file, and then its next version", async () => {
    const client = await world().member();
    await client.makeFolder("a");

    const first = await client.put(at("a", "b"), "one");
    const second = await client.put(at("a", "b"), "two");

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(first.json).toMatchObject({ path: "/a/b", name: "b" });
    expect(second.json.id).toBe(first.json.id);
    expect(await textAt(client, at("a", "b"))).toBe("two");
    const { json } = await client.get(`/api/v1/files/${first.json.id}/versions`);
    expect(json.items).toHaveLength(2);
  });

  test("takes what PUT /files takes: conditions, digests, times, onConflict", async () => {
    const client = await world().member();
    const put = (query: string, headers: Record<string, string>) =>
      client.put(`${at("a")}${query}`, "content", headers);
    const wrong = { "Repr-Digest": `sha-256=:${Buffer.alloc(32).toString("base64")}:` };

    expect((await put("", { "If-Match": "*" })).status).toBe(412);
    expect((await put("", wrong)).status).toBe(422);
    expect((await put("", { "If-None-Match": "*", "X-OC-Mtime": "1" })).status).toBe(201);
    expect((await put("", { "If-None-Match": "*" })).status).toBe(412);
    expect((await put("?onConflict=fail", {})).status).toBe(409);
    expect((await put("?onConflict=rename", {})).json).toMatchObject({ path: "/a (2)" });
    const { json } = await client.get(`${at("a")}?metadata`);
    expect(json).toMatchObject({ modifiedAt: "1970-01-01T00:00:01.000Z" });
  });

  test("without the folder is 409 parent-missing, which says what is missing", async () => {
    const client = await world().member();
    await client.makeFolder("a");

    const { status, json } = await client.put(at("a", "b", "c", "d"), "content");

    expect([status, json]).toMatchObject([409, { code: "parent-missing", path: "/a/b" }]);
    expect((await client.get(`${at("a", "b")}?metadata`)).status).toBe(404);
    expect(await client.usage()).toMatchObject({ bytes: 0, reservedBytes: 0, files: 0 });
  });

  test.each(["parents", "parents=true"])("makes the folders with ?%s", async (query) => {
    const client = await world().member();
    await client.makeFolder("a");

    const { status, json } = await client.put(`${at("a", "é", "c", "d")}?${query}`, "content");

    expect([status, json]).toMatchObject([201, { path: "/a/é/c/d" }]);
    expect(await textAt(client, at("a", "é", "c", "d"))).toBe("content");
    expect((await client.put(`${at("a", "é", "d")}?${query}`, "x")).status).toBe(201);
  });

  test("makes 64 folders, and none below", async () => {
    const client = await world().member();
    const names = folders(64);
    const { id } = await client.makeFolder("target");

    expect((await client.put(`${at(...names, "file")}?parents`, "content")).status).toBe(201);

    const deepest = (await client.get(`${at(...names)}?metadata`)).json.id;
    const deeper = await client.post("/api/v1/folders", { name: "a", parentId: deepest });
    expect(deeper.json).toMatchObject({ code: "folder-too-deep" });
    const topmost = (await client.get(`${at("f0")}?metadata`)).json.id;
    const moved = await client.patch(`/api/v1/folders/${topmost}`, { parentId: id });
    expect(moved.json).toMatchObject({ code: "folder-too-deep" });
  });

  test("is 409 name-taken where a file is in the way, and where a folder has the name", async () => {
    const client = await world().member();
    await client.store("file", "content");
    await client.makeFolder("folder");

    for (const query of ["", "?parents"]) {
      const through = await client.put(at("file", "a") + query, "content");
      expect([through.status, through.json]).toMatchObject([
        409,
        { code: "name-taken", name: "file" },
      ]);
      const over = await client.put(at("folder") + query, "content");
      expect([over.status, over.json]).toMatchObject([409, { code: "name-taken" }]);
    }
    expect(await client.usage()).toMatchObject({ files: 1, reservedBytes: 0 });
  });

  test.each(["", "a/", "a/b/"])(
    "is 400 for the path %j, which is that of a folder",
    async (path) => {
      const client = await world().member();

      const { status, json } = await client.put(`/api/v1/by-path/${path}?parents`, "content");

      expect([status, json]).toMatchObject([400, { errors: [{ in: "path", pointer: "path" }] }]);
      const { actor } = { actor: await world().actorOf(client) };
      const entries = world().mongo.db.collection<Entry>("entries");
      expect(await entries.countDocuments({ ownerId: actor.id })).toBe(0);
    },
  );

  test("with an Idempotency-Key is answered as the first time, also when the folder is gone", async () => {
    const client = await world().member();
    const headers = { "Idempotency-Key": newId() };
    const put = () => client.put(`${at("a", "b")}?parents`, "content", headers);

    const first = await put();
    await client.delete(at("a"));
    const again = await put();

    expect([again.status, again.json]).toEqual([201, first.json]);
    expect((await client.get(at("a", "b"))).status).toBe(404);
    const other = await client.put(`${at("a", "c")}?parents`, "content", headers);
    expect(other.status).toBe(422);
  });

  test("stays in the folder that a key may not leave", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("inside");
    const key = await client.makeKey(["files:write"], { rootFolderId: id });

    const { json } = await key.client.put(`${at("a", "b")}?parents`, "content");

    expect(json).toMatchObject({ path: "/a/b" });
    expect(await textAt(client, at("inside", "a", "b"))).toBe("content");
  });
});

describe("DELETE /by-path/{path}", () => {
  test("deletes a file, and a folder with all that it holds, into the trash", async () => {
    const client = await world().member();
    await storeAt(client, ["a", "b", "c"], "content");
    await storeAt(client, ["a", "d"], "content");

    expect((await client.delete(at("a", "d"))).status).toBe(204);
    expect((await client.delete(at("a", "d"))).status).toBe(404);
    expect((await client.delete(`${at("a", "b")}/`)).status).toBe(204);

    expect((await client.get(at("a", "b", "c"))).status).toBe(404);
    const events = await everyEvent(client, "/api/v1/me/audit", 10);
    const deletions = events.filter(({ action }) => action.endsWith(".delete"));
    expect(deletions).toMatchObject([
      { action: "folder.delete", target: { kind: "folder" }, outcome: "success" },
      { action: "file.delete", target: { kind: "file" }, outcome: "success" },
    ]);
  });

  test("heeds conditions: no ETag is that of a folder", async () => {
    const client = await world().member();
    const { etag } = await client.store("a", "content");
    await client.makeFolder("b");

    expect((await client.delete(at("a"), { "If-Match": `"${newId()}"` })).status).toBe(412);
    expect((await client.delete(at("b"), { "If-Match": etag })).status).toBe(412);
    expect((await client.delete(at("a"), { "If-Match": etag })).status).toBe(204);
    expect((await client.delete(at("b"), { "If-Match": "*" })).status).toBe(204);
  });

  test("removes for good with permanent=true", async () => {
    const client = await world().member();
    await storeAt(client, ["a", "b"], "content");

    expect((await client.delete(`${at("a")}?permanent=true`)).status).toBe(204);
    await world().settle();

    expect((await client.get("/api/v1/trash")).json.items).toEqual([]);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("leaves the topmost folder, and a file whose path ends with a slash", async () => {
    const client = await world().member();
    await client.store("a", "content");
    const { id } = await client.makeFolder("b");
    const key = await client.makeKey(["files:delete"], { rootFolderId: id });

    expect((await client.delete(`${at("a")}/`)).status).toBe(404);
    for (const who of [client, key.client]) {
      const { status, json } = await who.delete("/api/v1/by-path/");
      expect([status, json]).toMatchObject([409, { code: "root-folder" }]);
    }
    expect((await key.client.delete(at("a"))).status).toBe(404);
    expect((await client.get(at("a"))).status).toBe(200);
  });
});
