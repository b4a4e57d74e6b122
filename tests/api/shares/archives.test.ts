import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { ArchiveDoc, ArchivePageDoc } from "../../../common/archives/archive.js";
import type { BlobFileDoc } from "../../../common/storage/bucket.js";
import type { ArchiveJson } from "../../support/answer-json.js";
import type { Client } from "../../support/client.js";
import { makeTree } from "../../support/trees.js";
import { useWorld } from "../../support/use-world.js";
import { membersOf } from "../../support/zip-members.js";
import { API, give, people, type People } from "./people.js";

const world = useWorld({ accountDeletionGraceMs: 0, trashRetentionMs: 86_400_000 });

const archives = () => world().mongo.db.collection<ArchiveDoc>("archives");
const pages = () => world().mongo.db.collection<ArchivePageDoc>("archivePages");
const blobs = () => world().mongo.db.collection<BlobFileDoc>("blobs.files");

const make = async (client: Client, body: object): Promise<ArchiveJson> => {
  const answer = await client.post(`${API}/archives`, body);
  expect(answer.status).toBe(201);
  return answer.json;
};

const statusesOf = async (client: Client, { links }: ArchiveJson) => [
  (await client.get(links.content)).status,
  (await client.get(links.content, { Range: "bytes=1-" })).status,
  (await client.get(links.metadata)).status,
];

describe("an archive of what is shared", () => {
  test.each(["viewer", "editor", "manager"])(
    "is made and downloaded by a %s, as ZIP and as tar",
    async (role) => {
      const all = await people(world());
      await give(all, role);

      const archive = await make(all.guest, { folderId: all.folder });
      const zip = await all.guest.get(archive.links.content);
      const tar = await all.guest.get(archive.links.content, { Accept: "application/x-tar" });

      expect(archive).toMatchObject({ state: "ready", name: "shared", entryCount: 2 });
      expect(membersOf(zip.bytes)).toEqual([
        { path: "inner/", content: "" },
        { path: "inner/a.txt", content: "hello" },
      ]);
      expect(zip.bytes).toHaveLength(archive.sizeBytes);
      expect(tar.headers["content-type"]).toBe("application/x-tar");
      expect(tar.bytes).toHaveLength(archive.tarSizeBytes);
      expect(tar.bytes.toString()).toContain("hello");
    },
  );

  test("has what was chosen from the trees of several accounts, and each name once", async () => {
    const [one, other] = [await people(world()), await people(world())];
    const { guest, guestName } = one;
    await give(one, "viewer");
    await give({ ...other, guestName }, "viewer", other.inner);
    await makeTree(guest, { own: { "mine.txt": "mine" } });
    const own = (await guest.get(`${API}/by-path/own?metadata`)).json.id;

    const { links } = await make(guest, { ids: [one.file, own, other.inner, one.inner] });

    expect(membersOf((await guest.get(links.content)).bytes)).toEqual([
      { path: "a.txt", content: "hello" },
      { path: "own/", content: "" },
      { path: "own/mine.txt", content: "mine" },
      { path: "inner/", content: "" },
      { path: "inner/a.txt", content: "hello" },
      { path: "inner (2)/", content: "" },
      { path: "inner (2)/a.txt", content: "hello" },
    ]);
  });

  test("is resumed, and keeps what was in it when it was made", async () => {
    const all = await people(world());
    const { owner, guest, inner } = all;
    const path = `${API}/files?name=b.bin&folderId=${inner}`;
    const { id } = (await owner.put(path, randomBytes(100_000))).json;
    await give(all, "viewer");
    const { links } = await make(guest, { folderId: all.folder });
    const whole = await guest.get(links.content);

    await owner.put(path, "replaced");
    await owner.delete(`${API}/files/${id}`);
    await world().settle();
    const ifRange = { "If-Range": String(whole.headers["etag"]) };
    const rest = await guest.get(links.content, { Range: "bytes=50000-", ...ifRange });

    expect(rest.status).toBe(206);
    expect(rest.bytes.equals(whole.bytes.subarray(50_000))).toBe(true);
  });

  test("is nobody else's, and counts for who made it", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const archive = await make(all.guest, { folderId: all.folder });

    expect(await statusesOf(all.owner, archive)).toEqual([404, 404, 404]);
    expect((await all.owner.delete(archive.links.content)).status).toBe(404);
    expect((await all.guest.delete(archive.links.content)).status).toBe(204);
    expect(await statusesOf(all.guest, archive)).toEqual([404, 404, 404]);
  });

  test("is made by no credential that may not leave a folder, nor of what is not shared", async () => {
    const all = await people(world());
    await give(all, "viewer", all.inner);
    const rootFolderId = (await all.guest.makeFolder("own")).id;
    const { client } = await all.guest.makeKey(["files:read"], { rootFolderId });

    const refused = [
      await client.post(`${API}/archives`, { ids: [all.file] }),
      await client.post(`${API}/archives`, { folderId: all.inner }),
      await all.guest.post(`${API}/archives`, { ids: [all.file, all.folder] }),
      await all.guest.post(`${API}/archives`, { folderId: all.folder }),
    ];

    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

describe("an archive of what was shared", () => {
  const ends: [string, (all: People, shareId: string) => Promise<unknown>][] = [
    ["the share was taken back", ({ owner }, id) => owner.delete(`${API}/shares/${id}`)],
    ["it was moved out", ({ owner, inner }) => move(owner, inner, "root")],
    ["it was put in the trash", ({ owner, inner }) => owner.delete(`${API}/folders/${inner}`)],
    ["its folder was put in the trash", ({ owner, folder }) => remove(owner, folder)],
    ["its owner was disabled", ({ owner }) => world().disable(owner)],
    ["its owner is deleted", ({ owner }) => deleteAccount(owner)],
  ];
  test.each(ends)("is 404 when %s, and is deleted by who made it", async (_name, end) => {
    const all = await people(world());
    const { id } = await give(all, "viewer");
    const chosen = await make(all.guest, { ids: [all.inner] });
    const inFolder = await make(all.guest, { folderId: all.inner });

    await end(all, id);

    expect(await statusesOf(all.guest, chosen)).toEqual([404, 404, 404]);
    expect(await statusesOf(all.guest, inFolder)).toEqual([404, 404, 404]);
    expect((await all.guest.delete(chosen.links.content)).status).toBe(204);
  });

  test("is there again when it is shared again", async () => {
    const all = await people(world());
    const { id } = await give(all, "viewer");
    const archive = await make(all.guest, { folderId: all.folder });
    await all.owner.delete(`${API}/shares/${id}`);
    expect((await all.guest.get(archive.links.content)).status).toBe(404);

    await give(all, "viewer");

    expect((await all.guest.get(archive.links.content)).status).toBe(200);
  });

  test("goes with the account of the owner, and holds nothing of it any more", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const archive = await make(all.guest, { folderId: all.folder });
    const kept = await make(all.guest, { folderId: "root" });
    expect(await blobs().countDocuments({ "metadata.archiveIds": archive.id })).toBe(1);

    await deleteAccount(all.owner);
    await world().settle();

    expect(await archives().countDocuments({ _id: archive.id })).toBe(0);
    expect(await pages().countDocuments({ archiveId: archive.id })).toBe(0);
    expect(await blobs().countDocuments({ "metadata.archiveIds": archive.id })).toBe(0);
    expect(await statusesOf(all.guest, archive)).toEqual([404, 404, 404]);
    expect((await all.guest.get(kept.links.content)).status).toBe(200);
  });

  test("goes with the account that made it, and leaves the files to their owner", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const { id } = await make(all.guest, { folderId: all.folder });

    await deleteAccount(all.guest);
    await world().settle();

    expect(await archives().countDocuments({ _id: id })).toBe(0);
    expect(await blobs().countDocuments({ "metadata.archiveIds": id })).toBe(0);
    expect((await all.owner.get(`${API}/files/${all.file}`)).bytes.toString()).toBe("hello");
  });
});

const move = (client: Client, id: string, parentId: string) =>
  client.patch(`${API}/folders/${id}`, { parentId });
const remove = (client: Client, id: string) => client.delete(`${API}/folders/${id}`);
const deleteAccount = (client: Client) =>
  client.send("DELETE", `${API}/me`, { password: "seven-purple-owls" });
