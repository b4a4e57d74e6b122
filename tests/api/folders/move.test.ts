import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const FOLDERS = "/api/v1/folders";

describe("PATCH /folders/{id}", () => {
  test("renames and moves a folder, and what is said about it, in one step: 200", async () => {
    const client = await world().member();
    const [from, to] = [await client.makeFolder("from"), await client.makeFolder("to")];
    const inside = await client.makeFolder("inside", from.id);

    const { status, headers, json } = await client.patch(from.links.metadata, {
      name: "moved",
      parentId: to.id,
      tags: ["work"],
    });

    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: from.id,
      parentId: to.id,
      path: "/to/moved",
      name: "moved",
      tags: ["work"],
    });
    const shown = await client.get(from.links.metadata);
    expect(shown.json).toEqual(json);
    expect(shown.headers["etag"]).toBe(headers["etag"]);
    expect((await client.get(inside.links.metadata)).json.path).toBe("/to/moved/inside");
  });

  test("changes nothing of it where the name is taken: 409; with rename it takes another", async () => {
    const client = await world().member();
    const [folder] = [await client.makeFolder("a"), await client.makeFolder("b")];
    const change = { name: "b", tags: ["work"] };

    const refused = await client.patch(folder.links.metadata, change);
    const unchanged = await client.get(folder.links.metadata);
    const renamed = await client.patch(`${folder.links.metadata}?onConflict=rename`, change);

    expect(refused).toMatchObject({ status: 409, json: { code: "name-taken" } });
    expect(unchanged.json).toMatchObject({ name: "a", tags: [] });
    expect(renamed.json).toMatchObject({ name: "b (2)", tags: ["work"] });
  });

  test("refuses a folder inside itself, the root, and an invalid name: 409, 409, 400", async () => {
    const client = await world().member();
    const outer = await client.makeFolder("outer");
    const inner = await client.makeFolder("inner", outer.id);

    const inside = await client.patch(outer.links.metadata, { parentId: inner.id });
    const root = await client.patch(`${FOLDERS}/root`, { name: "x" });
    const invalid = await client.patch(outer.links.metadata, { name: "a/b" });

    expect(inside).toMatchObject({ status: 409, json: { code: "folder-into-itself" } });
    expect(root).toMatchObject({ status: 409, json: { code: "root-folder" } });
    expect(invalid).toMatchObject({ status: 400, json: { code: "invalid-name" } });
    expect(invalid.json.errors).toMatchObject([{ in: "body", pointer: "/name" }]);
  });

  test("into a folder of another account, and of another account's folder: 404", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const [mine, theirs] = [await client.makeFolder("mine"), await other.makeFolder("theirs")];

    for (const answer of [
      await client.patch(mine.links.metadata, { parentId: theirs.id }),
      await client.patch(mine.links.metadata, { parentId: newId() }),
      await client.patch(theirs.links.metadata, { parentId: mine.id }),
    ]) {
      expect(answer.status).toBe(404);
    }
  });

  test("by a key that may not leave a folder: 404 outside of it", async () => {
    const client = await world().member();
    const [inside, outside] = [await client.makeFolder("in"), await client.makeFolder("out")];
    const below = await client.makeFolder("below", inside.id);
    const key = await client.makeKey(["files:read", "files:write"], { rootFolderId: inside.id });

    const moved = await key.client.patch(below.links.metadata, { parentId: outside.id });
    const renamed = await key.client.patch(below.links.metadata, { name: "renamed" });

    expect(moved.status).toBe(404);
    expect(renamed.json.path).toBe("/renamed");
  });

  test("that was changed since If-Match was read: 412, and it stays where it is", async () => {
    const client = await world().member();
    const [folder, to] = [await client.makeFolder("a"), await client.makeFolder("b")];
    const before = await client.get(folder.links.metadata);
    await client.patch(folder.links.metadata, { description: "new" });

    const { status } = await client.patch(
      folder.links.metadata,
      { parentId: to.id },
      { "If-Match": before.headers["etag"] ?? "" },
    );

    expect(status).toBe(412);
    expect((await client.get(folder.links.metadata)).json.path).toBe("/a");
  });
});

describe("PATCH /files/{id}", () => {
  test("renames and moves a file; its content and its ETag stay: 200", async () => {
    const client = await world().member();
    const [to, file] = [await client.makeFolder("to"), await client.store("a.txt", "content")];

    const { status, json } = await client.patch(file.links.metadata.replace("/metadata", ""), {
      name: "b.txt",
      folderId: to.id,
      isFavourite: true,
    });

    expect(status).toBe(200);
    expect(json).toMatchObject({ folderId: to.id, path: "/to/b.txt", isFavourite: true });
    const content = await client.get(file.links.content);
    expect(content.bytes.toString()).toBe("content");
    expect(content.headers["etag"]).toBe(file.etag);
    expect((await client.get("/api/v1/files")).json.items).toEqual([]);
  });
});
