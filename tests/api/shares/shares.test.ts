import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people } from "./people.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

const names = ({ json }: Awaited<ReturnType<Client["get"]>>) =>
  json.items.map((item) => (item as { name?: string }).name);

describe("a folder that is shared", () => {
  test("is unknown to the other account before, and after it was taken back", async () => {
    const all = await people(world());
    const { owner, guest, folder, inner, file } = all;
    const paths = [
      `/folders/${folder}`,
      `/folders/${inner}/children`,
      `/files/${file}`,
      `/files/${file}/metadata`,
      `/files/${file}/versions`,
    ];
    const statuses = () =>
      Promise.all(paths.map(async (path) => (await guest.get(API + path)).status));
    const unknown = await guest.get(`${API}/files/${newId()}`);

    expect(await statuses()).toEqual(paths.map(() => 404));
    expect((await guest.get(`${API}/files/${file}`)).json.detail).toBe(unknown.json.detail);
    const share = await give(all, "viewer");
    expect(await statuses()).toEqual(paths.map(() => 200));
    const elsewhere = new Client(await world().addWeb(), { Cookie: guest.cookie });
    expect((await elsewhere.get(`${API}/files/${file}`)).status).toBe(200);

    expect((await owner.send("DELETE", `${API}/shares/${share.id}`)).status).toBe(204);

    expect(await statuses()).toEqual(paths.map(() => 404));
    expect((await elsewhere.get(`${API}/files/${file}`)).status).toBe(404);
  });

  test("is listed under what is shared with the account, with paths that begin at it", async () => {
    const all = await people(world());
    await give(all, "editor");

    const { json } = await all.guest.get(`${API}/shared`);

    expect(json.items).toMatchObject([
      { share: { role: "editor", entryId: all.folder }, entry: { id: all.folder, path: "/" } },
    ]);
    const file = await all.guest.get(`${API}/files/${all.file}/metadata`);
    expect(file.json).toMatchObject({ path: "/inner/a.txt" });
    await all.owner.send("DELETE", `${API}/folders/${all.folder}`);
    expect((await all.guest.get(`${API}/shared`)).json.items).toEqual([]);
  });

  test.each([
    ["viewer", [200, 403, 403, 403, 403]],
    ["editor", [200, 201, 200, 204, 403]],
    ["manager", [200, 201, 200, 204, 201]],
  ])("lets a %s read, add, rename, delete and share: %j", async (role, expected) => {
    const all = await people(world());
    const { guest, inner, file } = all;
    await give(all, role);
    const third = await world().member();
    const username = (await third.get(`${API}/me`)).json.username;
    const statuses = [
      (await guest.get(`${API}/folders/${inner}/children`)).status,
      (await guest.put(`${API}/files?name=b.txt&folderId=${inner}`, "mine")).status,
      (await guest.patch(`${API}/files/${file}`, { name: "c.txt" })).status,
      (await guest.send("DELETE", `${API}/files/${file}`)).status,
      (await guest.post(`${API}/shares`, { entryId: inner, username, role: "viewer" })).status,
    ];

    expect(statuses).toEqual(expected);
  });

  test("is paid for by its owner, and says who wrote", async () => {
    const all = await people(world());
    const before = await all.owner.usage();
    await give(all, "editor");

    const { json } = await all.guest.put(`${API}/files?name=b.txt&folderId=${all.inner}`, "12345");

    await world().settle();
    expect((await all.guest.usage()).bytes).toBe(0);
    expect((await all.owner.usage()).bytes).toBe(before.bytes + 5);
    const versions = await all.owner.get(`${API}/files/${json.id}/versions`);
    const guestId = (await all.guest.get(`${API}/me`)).json.id;
    expect(versions.json.items).toMatchObject([{ actorId: guestId }]);
    await all.owner.send("DELETE", `${API}/files/${json.id}`);
    expect(names(await all.owner.get(`${API}/trash`))).toEqual(["b.txt"]);
  });

  test("keeps its account: nothing goes to another one", async () => {
    const all = await people(world());
    const { guest, folder, file } = all;
    await give(all, "manager");
    const own = (await guest.makeFolder("own")).id;
    const ownFile = (await guest.put(`${API}/files?name=mine`, "mine")).json.id;

    const moved = await guest.patch(`${API}/files/${file}`, { folderId: own });
    expect([moved.status, moved.json.code]).toEqual([409, "other-owner"]);
    const given = await guest.patch(`${API}/files/${ownFile}`, { folderId: folder });
    expect([given.status, given.json.code]).toEqual([409, "other-owner"]);
    const copied = await guest.post(`${API}/files/${file}/copy`, { folderId: own });
    expect(copied.status).toBe(201);
    expect((await guest.get(copied.json.links.content)).bytes.toString()).toBe("hello");
  });

  test("loses who may not reach it when an entry is moved out, and says so before", async () => {
    const all = await people(world());
    const { owner, guest, guestName, file } = all;
    await give(all, "viewer");
    const elsewhere = (await owner.makeFolder("elsewhere")).id;

    const preview = await owner.patch(`${API}/files/${file}?dryRun=true`, { folderId: elsewhere });

    expect(preview.json).toMatchObject({
      path: "/elsewhere/a.txt",
      sharedBefore: [{ grantee: { name: guestName } }],
      sharedAfter: [],
    });
    expect((await guest.get(`${API}/files/${file}`)).status).toBe(200);
    await owner.patch(`${API}/files/${file}`, { folderId: elsewhere });
    expect((await guest.get(`${API}/files/${file}`)).status).toBe(404);
  });

  test("ends for everybody when its owner is disabled", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const id = (await all.owner.get(`${API}/me`)).json.id;
    await world()
      .mongo.db.collection<{ _id: string }>("accounts")
      .updateOne({ _id: id }, { $set: { isDisabled: true } });

    expect((await all.guest.get(`${API}/files/${all.file}`)).status).toBe(404);
    expect((await all.guest.get(`${API}/shared`)).json.items).toEqual([]);
  });
});

describe("a share", () => {
  test("of one file gives nothing beside it", async () => {
    const all = await people(world());
    const other = (await all.owner.put(`${API}/files?name=b&folderId=${all.inner}`, "b")).json.id;
    await give(all, "editor", all.file);

    expect((await all.guest.get(`${API}/files/${all.file}`)).bytes.toString()).toBe("hello");
    expect((await all.guest.get(`${API}/files/${other}`)).status).toBe(404);
    expect((await all.guest.get(`${API}/folders/${all.inner}`)).status).toBe(404);
  });

  test("that is given again has the new role, and the strongest on the way counts", async () => {
    const all = await people(world());
    const first = await give(all, "viewer");
    await give(all, "editor", all.inner);

    expect((await give(all, "manager")).id).toBe(first.id);
    expect((await all.owner.patch(`${API}/shares/${first.id}`, { role: "viewer" })).status).toBe(
      200,
    );
    expect((await all.guest.patch(`${API}/files/${all.file}`, { name: "b" })).status).toBe(200);
    const listed = await all.owner.get(`${API}/shares?entryId=${all.folder}`);
    expect(listed.json.items).toMatchObject([{ id: first.id, role: "viewer" }]);
  });

  test("is given up by who has it, and is nobody else's business", async () => {
    const all = await people(world());
    const share = await give(all, "viewer");
    const stranger = await world().member();
    const path = `${API}/shares/${share.id}`;

    expect((await stranger.send("DELETE", path)).status).toBe(404);
    expect((await stranger.patch(path, { role: "manager" })).status).toBe(404);
    expect((await all.guest.patch(path, { role: "manager" })).status).toBe(403);
    expect((await stranger.get(`${API}/shares?entryId=${all.folder}`)).status).toBe(404);
    expect((await all.guest.send("DELETE", path)).status).toBe(204);
    expect((await all.guest.get(`${API}/files/${all.file}`)).status).toBe(404);
  });

  test.each<[object, number]>([
    [{ username: "nobody.of.this.name", role: "viewer" }, 404],
    [{ groupId: newId(), role: "viewer" }, 404],
    [{ role: "viewer" }, 400],
    [{ username: "abc", groupId: newId(), role: "viewer" }, 400],
    [{ username: "abc", role: "owner" }, 400],
  ])("with %j is refused: %i", async (body, expected) => {
    const all = await people(world());
    const { status } = await all.owner.post(`${API}/shares`, { entryId: all.folder, ...body });
    expect(status).toBe(expected);
  });

  test.each(["the owner", "a manager"])(
    "is given to neither its owner nor oneself by %s: 400",
    async (who) => {
      const all = await people(world());
      await give(all, "manager");
      const giver = who === "the owner" ? all.owner : all.guest;
      const ownerName = (await all.owner.get(`${API}/me`)).json.username;
      const names = giver === all.owner ? [ownerName] : [ownerName, all.guestName];

      for (const username of names) {
        const body = { entryId: all.inner, username, role: "viewer" };
        const { status, json } = await giver.post(`${API}/shares`, body);
        expect([status, json.code]).toEqual([400, "invalid-request"]);
        expect(json.errors).toMatchObject([{ in: "body", pointer: "/username" }]);
      }
      expect((await all.owner.get(`${API}/shares?entryId=${all.inner}`)).json.items).toEqual([]);
    },
  );

  test("is not left by a credential that may not leave a folder", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const own = (await all.guest.makeFolder("own")).id;
    const key = await all.guest.post(`${API}/api-keys`, {
      ...{ name: "key", scopes: ["files:read"], rootFolderId: own },
    });
    const program = Client.bearer(world().url, key.json.key);

    expect((await program.get(`${API}/files/${all.file}`)).status).toBe(404);
    expect((await program.get(`${API}/shared`)).json.items).toEqual([]);
  });
});
