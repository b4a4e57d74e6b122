import { describe, expect, test } from "@jest/globals";
import type { Entry, FolderEntry } from "../../../common/entries/entry.js";
import { newId } from "../../../common/platform/ids.js";
import { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const FOLDERS = "/api/v1/folders";

/** A folder with a folder in it, which holds a file. */
async function tree(client: Client) {
  const outer = await client.makeFolder(newId());
  const inner = await client.makeFolder("inner", outer.id);
  const put = await client.put(`/api/v1/files?name=a.txt&folderId=${inner.id}`, "content");
  return { outer, inner, file: put.json };
}

describe("DELETE /folders/{id}", () => {
  test("makes all that the folder holds unreachable at once: 204", async () => {
    const client = await world().member();
    const { outer, inner, file } = await tree(client);

    const { status } = await client.delete(outer.links.metadata);

    expect(status).toBe(204);
    for (const path of [
      outer.links.metadata,
      outer.links.children,
      inner.links.metadata,
      inner.links.children,
      file.links.content,
      file.links.metadata,
    ]) {
      expect((await client.get(path)).status).toBe(404);
    }
    const intoIt = `/api/v1/files?name=b.txt&folderId=${inner.id}`;
    expect((await client.put(intoIt, "content")).status).toBe(404);
    expect((await client.post(FOLDERS, { name: "b", parentId: inner.id })).status).toBe(404);
    expect((await client.delete(outer.links.metadata)).status).toBe(404);
    expect((await client.delete(file.links.content)).status).toBe(404);
  });

  test("frees its name at once, and its room when the worker has removed it", async () => {
    const client = await world().member();
    const { outer } = await tree(client);
    const before = await client.usage();

    await client.delete(outer.links.metadata);
    const again = await client.post(FOLDERS, { name: outer.name });
    await world().settle();

    expect(before).toMatchObject({ bytes: 7, files: 1 });
    expect(again.status).toBe(201);
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
    const entries = world().mongo.db.collection<Entry>("entries");
    expect(await entries.countDocuments({ name: { $in: ["inner", "a.txt"] } })).toBe(0);
  });

  test("refuses the root, and the root folder of a key: 409 root-folder", async () => {
    const client = await world().member();
    const { outer } = await tree(client);
    const scopes = ["files:read", "files:delete"];
    const key = await client.makeKey(scopes, { rootFolderId: outer.id });

    for (const answer of [
      await client.delete(`${FOLDERS}/root`),
      await key.client.delete(outer.links.metadata),
      await key.client.delete(`${FOLDERS}/root`),
    ]) {
      expect(answer).toMatchObject({ status: 409, json: { code: "root-folder" } });
    }
  });

  test("of another account, and of no folder at all: 404", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const { outer, file } = await tree(client);

    expect((await other.delete(outer.links.metadata)).status).toBe(404);
    expect((await client.delete(`${FOLDERS}/${newId()}`)).status).toBe(404);
    expect((await client.delete(`${FOLDERS}/${file.id}`)).status).toBe(404);
    expect((await client.get(outer.links.metadata)).status).toBe(200);
  });

  test("without a credential, and by one that may not: 401, 403", async () => {
    const client = await world().member();
    const { outer } = await tree(client);
    const key = await client.makeKey(["files:read", "files:write"]);

    expect((await new Client(world().url).delete(outer.links.metadata)).status).toBe(401);
    expect((await key.client.delete(outer.links.metadata)).status).toBe(403);
  });

  test("with permanent that is no boolean: 400", async () => {
    const client = await world().member();
    const { outer } = await tree(client);

    const { status, json } = await client.delete(`${outer.links.metadata}?permanent=maybe`);

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "query", pointer: "permanent" }]);
  });

  test("answers after one update, however much the folder holds", async () => {
    const client = await world().member();
    const { outer } = await tree(client);
    const entries = world().mongo.db.collection<Entry>("entries");
    const made = (await entries.findOne({ _id: outer.id })) as FolderEntry;
    await entries.insertMany(
      Array.from({ length: 300 }, (_, n) => {
        const name = `folder ${n}`;
        const names = { name, nameKey: name, nameSort: name };
        return { ...made, _id: newId(), parentId: outer.id, ...names };
      }),
    );

    await client.delete(outer.links.metadata);

    expect(await entries.countDocuments({ parentId: outer.id, isTrashed: true })).toBe(0);
    await world().settle();
    expect(await entries.countDocuments({ parentId: outer.id })).toBe(0);
  });
});
