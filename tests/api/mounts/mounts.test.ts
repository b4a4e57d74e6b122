import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";
import { everyEvent } from "../audit/log.js";
import { API, give, people } from "../shares/people.js";
import { children, mount, mounted } from "./mounted.js";

const world = useWorld();

describe("POST /mounts", () => {
  test("gives what others share a name in a folder of one's own", async () => {
    const all = await people(world());
    await give(all, "editor");
    const own = (await all.guest.makeFolder("own")).id;

    const made = await all.guest.post(`${API}/mounts`, { entryId: all.folder, folderId: own });

    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ folderId: own, name: "shared", path: "/own/shared" });
    expect(made.json.target).toMatchObject({ id: all.folder, kind: "folder", role: "editor" });
    const owner = (await all.owner.get(`${API}/me`)).json;
    expect(made.json.target.owner).toEqual({ id: owner.id, username: owner.username });
    const { children: list } = made.json.target.links;
    expect((await all.guest.get(list)).json.items).toMatchObject([{ id: all.inner }]);
    const shown = await all.guest.get(`${API}/mounts/${made.json.id}`);
    expect(made.headers["location"]).toContain(`${API}/mounts/${made.json.id}`);
    expect([shown.status, shown.json]).toEqual([200, made.json]);
    expect(await children(all.guest, own)).toEqual([made.json]);
  });

  test("mounts a file, which the listing shows by its id", async () => {
    const all = await people(world());
    await give(all, "viewer", all.file);

    const { target } = await mount(all.guest, all.file);

    expect(target).toMatchObject({ id: all.file, kind: "file", name: "a.txt", role: "viewer" });
    expect((await all.guest.get(target.links.content)).bytes.toString()).toBe("hello");
  });

  test("of what is one's own, or not shared, or a mount itself is refused", async () => {
    const all = await mounted(world(), "viewer");
    const stranger = await world().member();
    const post = (client: typeof stranger, entryId: string) =>
      client.post(`${API}/mounts`, { entryId, name: "x" });

    const own = await post(all.owner, all.folder);
    expect([own.status, own.json.errors]).toMatchObject([400, [{ pointer: "/entryId" }]]);
    expect((await post(stranger, all.folder)).status).toBe(404);
    expect((await post(all.guest, newId())).status).toBe(404);
    expect((await post(all.guest, all.mountId)).status).toBe(404);
  });

  test("lies in one's own folders alone", async () => {
    const all = await people(world());
    await give(all, "editor");
    const body = { entryId: all.inner, folderId: all.folder };

    const { status, json } = await all.guest.post(`${API}/mounts`, body);

    expect([status, json.code]).toEqual([409, "other-owner"]);
    expect(await children(all.owner, all.folder)).toHaveLength(1);
  });

  test("needs a free name that is allowed", async () => {
    const all = await mounted(world(), "viewer");
    const post = (name: string) => all.guest.post(`${API}/mounts`, { entryId: all.folder, name });

    expect((await post("Team")).json).toMatchObject({ code: "name-taken", name: "Team" });
    expect((await post("a/b")).json).toMatchObject({
      code: "invalid-name",
      errors: [{ in: "body", pointer: "/name" }],
    });
    expect((await all.guest.post(`${API}/folders`, { name: "Team" })).status).toBe(409);
    expect((await all.guest.put(`${API}/files?name=Team`, "x")).status).toBe(409);
    const renamed = await all.guest.put(`${API}/files?name=Team&onConflict=rename`, "x");
    expect(renamed.json).toMatchObject({ name: "Team (2)" });
  });

  test("with the same Idempotency-Key makes one mount", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const post = () =>
      all.guest.post(`${API}/mounts`, { entryId: all.folder }, { "Idempotency-Key": "k" });

    const [first, second] = [await post(), await post()];

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json).toEqual(first.json);
    expect(await children(all.guest)).toHaveLength(1);
  });

  test("with a credential of a folder reaches nothing to mount, and no target", async () => {
    const all = await people(world());
    await give(all, "viewer");
    const rootFolderId = (await all.guest.makeFolder("own")).id;
    await mount(all.guest, all.folder, { folderId: rootFolderId, name: "Team" });
    const scopes = ["files:read", "files:write"];
    const { client } = await all.guest.makeKey(scopes, { rootFolderId });

    expect((await client.post(`${API}/mounts`, { entryId: all.folder })).status).toBe(404);
    expect(await children(client)).toMatchObject([{ name: "Team", target: null }]);
    expect((await client.get(`${API}/by-path/Team/inner/a.txt`)).status).toBe(404);
  });
});

describe("A mount", () => {
  test("stays without its target while no share leads there, and works again with the next share", async () => {
    const all = await mounted(world(), "viewer");
    await all.owner.delete(`${API}/shares/${all.shareId}`);

    expect(await children(all.guest)).toMatchObject([{ name: "Team", target: null }]);
    expect((await all.guest.get(`${API}/folders/${all.folder}`)).status).toBe(404);
    const path = `${API}/mounts/${all.mountId}`;
    const renamed = await all.guest.patch(path, { name: "Old" });
    expect(renamed.json).toMatchObject({ name: "Old", target: null });

    await give(all, "editor");
    expect((await all.guest.get(path)).json).toMatchObject({ target: { role: "editor" } });
  });

  test.each([
    [
      "the guest gives the share up",
      async (all) => all.guest.delete(`${API}/shares/${all.shareId}`),
    ],
    ["the target is deleted", async (all) => all.owner.delete(`${API}/folders/${all.folder}`)],
    ["the owner is disabled", async (all) => world().disable(all.owner)],
  ] as [string, (all: Awaited<ReturnType<typeof mounted>>) => Promise<unknown>][])(
    "leads nowhere after %s",
    async (_, act) => {
      const all = await mounted(world(), "viewer");

      await act(all);

      expect(await children(all.guest)).toMatchObject([{ name: "Team", target: null }]);
      expect((await all.guest.get(`${API}/by-path/Team?metadata`)).status).toBe(404);
    },
  );

  test("is changed by PATCH, under the conditions of its ETag", async () => {
    const all = await mounted(world(), "viewer");
    const own = (await all.guest.makeFolder("own")).id;
    const path = `${API}/mounts/${all.mountId}`;
    const { etag = "" } = (await all.guest.get(path)).headers;
    const change = { name: "T", folderId: own, tags: ["b", "a"], isFavourite: true };

    const changed = await all.guest.patch(path, change, { "If-Match": etag });
    const late = await all.guest.patch(path, { name: "U" }, { "If-Match": etag });

    expect([changed.status, changed.json]).toMatchObject([
      200,
      { path: "/own/T", tags: ["a", "b"], isFavourite: true, target: { id: all.folder } },
    ]);
    expect(late.status).toBe(412);
    const next = { "If-Match": changed.headers["etag"] ?? "" };
    expect((await all.guest.patch(path, { description: "x" }, next)).status).toBe(200);
    expect((await all.owner.get(`${API}/by-path/shared?metadata`)).status).toBe(200);
  });

  test("moves into no folder of another account, and onto no name that is taken", async () => {
    const all = await mounted(world(), "editor");
    await all.guest.makeFolder("x");
    const patch = (body: object, query = "") =>
      all.guest.patch(`${API}/mounts/${all.mountId}${query}`, body);

    expect((await patch({ folderId: all.folder })).json.code).toBe("other-owner");
    expect((await patch({ name: "x" })).json.code).toBe("name-taken");
    expect((await patch({ name: "x" }, "?onConflict=rename")).json.name).toBe("x (2)");
  });

  test("is removed alone, for good, and by the audit log", async () => {
    const all = await mounted(world(), "editor");
    const path = `${API}/mounts/${all.mountId}`;

    expect((await all.guest.delete(path)).status).toBe(204);

    expect((await all.guest.delete(path)).status).toBe(404);
    expect((await all.guest.get(path)).status).toBe(404);
    expect(await children(all.guest)).toEqual([]);
    expect((await all.guest.get(`${API}/trash`)).json.items).toEqual([]);
    expect((await all.guest.get(`${API}/folders/${all.folder}`)).status).toBe(200);
    expect((await all.owner.get(`${API}/trash`)).json.items).toEqual([]);
    const events = await everyEvent(all.guest, `${API}/me/audit`, 100);
    expect(events.filter(({ action }) => action === "mount.delete")).toMatchObject([
      { outcome: "success", target: { kind: "mount", id: all.mountId } },
    ]);
    await world().settle();
    const entries = world().mongo.db.collection<{ _id: string }>("entries");
    expect(await entries.countDocuments({ _id: all.mountId })).toBe(0);
  });

  test("is no folder, and is neither shared nor linked nor copied", async () => {
    const all = await mounted(world(), "manager");
    const { guest, mountId } = all;
    const body = { entryId: mountId };

    const answers = [
      await guest.get(`${API}/folders/${mountId}`),
      await guest.get(`${API}/folders/${mountId}/children`),
      await guest.delete(`${API}/folders/${mountId}`),
      await guest.get(`${API}/files/${mountId}`),
      await guest.post(`${API}/folders`, { name: "x", parentId: mountId }),
      await guest.put(`${API}/files?name=x&folderId=${mountId}`, "x"),
      await guest.post(`${API}/shares`, { ...body, username: all.guestName, role: "viewer" }),
      await guest.post(`${API}/links`, { ...body, permission: "view" }),
      await guest.post(`${API}/archives`, { ids: [mountId] }),
      await guest.get(`${API}/mounts/${all.folder}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });
});
