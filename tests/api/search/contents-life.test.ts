import { describe, expect, test } from "@jest/globals";
import type { IndexedContent } from "../../../common/content-index/repository.js";
import type { VersionDoc } from "../../../common/versions/version.js";
import type { Client } from "../../support/client.js";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";
import { mounted } from "../mounts/mounted.js";
import { give, people } from "../shares/people.js";

const world = useWorld({
  ...{ contentSearch: "on", accountDeletionGraceMs: 0 },
  trashRetentionMs: 24 * 60 * 60_000,
});

const indexed = () => world().mongo.db.collection<IndexedContent>("contentIndex");
const versions = () => world().mongo.db.collection<VersionDoc>("versions");

const search = async (client: Client, query: string) =>
  (await client.get(`/api/v1/search?sort=name&${query}`)).json.items;

const found = async (client: Client, content: string, more = "") =>
  (await search(client, `content=${content}${more}`)).map(({ name }) => name);

/** Somebody with a file. */
async function stored(content: string) {
  const client = await world().member();
  const file = await client.store("a", content);
  await world().settle();
  return { client, id: file.id };
}

describe("A file that is found by its content", () => {
  test("is found by nobody else, also with the same content", async () => {
    const { client } = await stored("treasure map");
    const { client: other } = await stored("treasure chest");

    expect(await found(client, "treasure")).toEqual(["a"]);
    expect(await found(client, "chest")).toEqual([]);
    expect(await found(other, "map")).toEqual([]);
    const [one, two] = await indexed().find().toArray();
    expect(one?.terms.filter((term) => two?.terms.includes(term))).toEqual([]);
  });

  test("is found by guests of its folder, as long as it is shared", async () => {
    const all = await people(world());
    const { id } = await give(all, "viewer");
    await world().settle();

    expect(await search(all.guest, `content=hello&folderId=${all.folder}`)).toMatchObject([
      { id: all.file, path: "/inner/a.txt" },
    ]);
    expect(await found(all.guest, "hello")).toEqual([]);

    await all.owner.delete(`/api/v1/shares/${id}`);
    expect(
      (await all.guest.get(`/api/v1/search?content=hello&folderId=${all.folder}`)).status,
    ).toBe(404);
  });

  test("is not found by a guest of another folder, and not through a mount from above", async () => {
    const all = await mounted(world(), "viewer");
    const other = await all.owner.makeFolder("other");
    await all.owner.put(`/api/v1/files?name=b&folderId=${other.id}`, "hello there");
    await world().settle();

    expect(await found(all.guest, "hello", `&folderId=${all.folder}`)).toEqual(["a.txt"]);
    expect(await found(all.guest, "hello")).toEqual([]);
    expect((await all.guest.get(`/api/v1/search?content=hello&folderId=${other.id}`)).status).toBe(
      404,
    );
    const { client: keyHolder } = await all.owner.makeKey(["files:read"], {
      rootFolderId: all.folder,
    });
    expect(await found(keyHolder, "hello")).toEqual(["a.txt"]);
  });

  test("is not found in the trash, and is again when it is restored", async () => {
    const { client, id } = await stored("walnut");

    await client.delete(`/api/v1/files/${id}`);
    expect(await found(client, "walnut")).toEqual([]);
    await world().sweep();

    expect((await client.post(`/api/v1/trash/${id}/restore`, {})).status).toBe(200);
    expect(await found(client, "walnut")).toEqual(["a"]);
  });

  test("is found by its current version alone, also when an earlier one is restored", async () => {
    const { client, id } = await stored("hazel");
    const first = (await client.get(`/api/v1/files/${id}/versions`)).json.items[0]?.id;

    await client.put("/api/v1/files?name=a", "almond");
    expect(await found(client, "hazel")).toEqual([]);
    await world().settle();
    expect([await found(client, "hazel"), await found(client, "almond")]).toEqual([[], ["a"]]);

    await client.post(`/api/v1/files/${id}/versions/${first}/restore`);
    await world().settle();
    expect([await found(client, "hazel"), await found(client, "almond")]).toEqual([["a"], []]);
    await world().sweep();
    expect(await indexed().countDocuments({ fileId: id })).toBe(1);
  });

  test("is found as a copy, too, of its own and of somebody else", async () => {
    const all = await people(world());
    await give(all, "viewer");
    await world().settle();

    await all.owner.post(`/api/v1/files/${all.file}/copy`, { name: "b", folderId: "root" });
    await all.guest.post(`/api/v1/files/${all.file}/copy`, { name: "c", folderId: "root" });
    await world().settle();

    expect(await found(all.owner, "hello")).toEqual(["a.txt", "b"]);
    expect(await found(all.guest, "hello")).toEqual(["c"]);
  });

  test("is hidden as soon as its content is in quarantine, also in another file", async () => {
    const { client, id } = await stored("poison");
    await client.post(`/api/v1/files/${id}/copy`, { name: "b" });
    await world().settle();
    expect(await found(client, "poison")).toEqual(["a", "b"]);
    const version = await versions().findOne({ fileId: id });
    if (version === null) throw new Error("No version");
    const { blobId, _id: versionId } = version;

    const mark = { reason: "test", signature: null, at: new Date(), versionId };
    await world()
      .mongo.db.collection<{ _id: typeof blobId }>("blobs.files")
      .updateOne({ _id: blobId }, { $set: { "metadata.quarantine": mark } });
    expect(await found(client, "poison")).toEqual([]);

    await world().sweep();
    await world().settle();
    expect(await search(client, "state=quarantined")).toHaveLength(2);
    expect(await found(client, "poison")).toEqual([]);
    expect(await found(client, "poison", "&state=quarantined&total=true")).toEqual([]);
  });

  test("leaves nothing when it is removed for good, nor when its account is", async () => {
    const { client, id } = await stored("ephemeral");
    const { client: other } = await stored("fleeting");
    const accountId = (await other.get("/api/v1/me")).json.id;
    expect(await indexed().countDocuments({ fileId: id })).toBe(1);

    await client.delete(`/api/v1/files/${id}?permanent=true`);
    const password = "seven-purple-owls";
    await other.send("DELETE", "/api/v1/me", { password });
    await world().settle();

    expect(await indexed().countDocuments({ fileId: id })).toBe(0);
    expect(
      (await mentionsInDb(world().mongo.db, [accountId])).filter((where) =>
        where.startsWith("contentIndex"),
      ),
    ).toEqual([]);
  });

  test("is indexed again by POST /files/{id}/pipeline", async () => {
    const { client, id } = await stored("lost");
    await indexed().deleteMany({ fileId: id });
    expect(await found(client, "lost")).toEqual([]);

    await client.post(`/api/v1/files/${id}/pipeline`);
    await world().settle();

    expect(await found(client, "lost")).toEqual(["a"]);
  });
});

describe("The sweep", () => {
  test("indexes files that were there before the step was", async () => {
    const { client, id } = await stored("ancient");
    await indexed().deleteMany({ fileId: id });
    await versions().updateMany(
      { fileId: id },
      { $unset: { "pipeline.steps.index": "" }, $inc: { "pipeline.seenVersion": -1 } },
    );

    await world().sweep();
    await world().settle();

    expect(await found(client, "ancient")).toEqual(["a"]);
    expect((await versions().findOne({ fileId: id }))?.pipeline.steps).toMatchObject({
      ...{ inspect: { attempts: 1 }, index: { outcome: "done", attempts: 1 } },
    });
  });

  test("removes words that belong to nothing", async () => {
    const { client } = await stored("kept");
    await indexed().insertOne({ _id: "x", ownerId: "y", fileId: "z", keyId: null, terms: ["t"] });

    await world().sweep();

    expect(await indexed().findOne({ _id: "x" })).toBeNull();
    expect(await found(client, "kept")).toEqual(["a"]);
  });
});
