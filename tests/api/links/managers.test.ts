import { describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import type { Client } from "../../support/client.js";
import { LINKS, makeLink, newUse } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";
import { API, give, people, type People } from "../shares/people.js";

const world = useWorld({ accountDeletionGraceMs: 0, trashRetentionMs: 86_400_000 });

const links = () => world().mongo.db.collection<LinkDoc>("links");

const idsOf = async (client: Client, query = "") => {
  const { status, json } = await client.get(LINKS + query);
  expect(status).toBe(200);
  return json.items.map(({ id }) => id);
};

/** A link of each kind that the guest has made as manager, the latest first. */
async function managed(all: People) {
  const share = await give(all, "manager");
  const made = await makeLink(all.guest, all.inner);
  const url = await all.guest.post(`${API}/files/${all.file}/urls`, { expiresIn: 60 });
  const grant = await all.guest.post(`${API}/upload-grants`, { folderId: all.inner });
  expect([url.status, grant.status]).toEqual([201, 201]);
  return { share, made, ids: [grant.json.id, url.json.id, made.id] };
}

/** What the guest may do with a link. */
async function statuses({ guest }: People, id: string) {
  const path = `${LINKS}/${id}`;
  return [
    (await guest.get(path)).status,
    (await guest.get(`${path}/log`)).status,
    (await guest.patch(path, { label: "x" })).status,
  ];
}

describe("the links that a manager has made", () => {
  test("are listed to the manager among own ones, and to the owner, and say whose entry it is", async () => {
    const all = await people(world());
    const before = await makeLink(all.guest, "root");
    const { ids } = await managed(all);
    const after = await makeLink(all.guest, "root");
    const [guestId, ownerId] = [await idOf(all.guest), await idOf(all.owner)];
    const ownerName = (await all.owner.get(`${API}/me`)).json.username;

    const { items } = (await all.guest.get(LINKS)).json;

    expect(items.map(({ id }) => id)).toEqual([after.id, ...ids, before.id]);
    expect(items[0]).toMatchObject({
      owner: { id: guestId, username: all.guestName },
      entryPath: "/",
    });
    expect(items[1]).toMatchObject({
      owner: { id: ownerId, username: ownerName },
      entryPath: "/inner",
    });
    expect(items[2]).toMatchObject({ kind: "url", entryPath: "/inner/a.txt" });
    expect((await all.owner.get(LINKS)).json.items).toMatchObject([
      { id: ids[0], entryPath: "/shared/inner", owner: { id: ownerId } },
      { id: ids[1], entryPath: "/shared/inner/a.txt" },
      { id: ids[2], entryPath: "/shared/inner" },
    ]);
  });

  test("are listed page by page, whoever owns what they lead to", async () => {
    const all = await people(world());
    await give(all, "manager");
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      made.unshift((await makeLink(all.guest, n % 3 === 0 ? "root" : all.inner)).id);
    }
    // Many at one instant: the ids decide.
    await links().updateMany(
      { _id: { $in: made.slice(0, 4) } },
      { $set: { createdAt: new Date() } },
    );
    const expected = [...made.slice(0, 4).sort().reverse(), ...made.slice(4)];

    const found: string[] = [];
    let path: string | undefined = `${LINKS}?limit=2`;
    while (path !== undefined) {
      const { json, headers } = await all.guest.get(path);
      found.push(...json.items.map(({ id }) => id));
      path = /<([^>]+)>; rel="next"/.exec(headers["link"] ?? "")?.[1];
    }

    expect(found).toEqual(expected);
  });

  test("are chosen by entry, kind and state", async () => {
    const all = await people(world());
    const { ids } = await managed(all);
    const [grant, url, share] = ids;
    await makeLink(all.guest, "root");
    await all.guest.patch(`${LINKS}/${share}`, { isEnabled: false });

    expect(await idsOf(all.guest, `?entryId=${all.inner}`)).toEqual([grant, share]);
    expect(await idsOf(all.guest, "?kind=url")).toEqual([url]);
    expect(await idsOf(all.guest, "?state=disabled")).toEqual([share]);
    expect(await idsOf(all.guest, `?state=active&entryId=${all.inner}`)).toEqual([grant]);
  });

  test("are seen, changed and revoked by both", async () => {
    const all = await people(world());
    const { ids, made } = await managed(all);
    const doc = await links().findOne({ _id: made.id });
    if (doc !== null) await world().services.linkUses.insert(newUse(doc, {}));

    for (const client of [all.guest, all.owner]) {
      const path = `${LINKS}/${made.id}`;
      expect((await client.patch(path, { label: "by both" })).status).toBe(200);
      expect((await client.get(path)).json).toMatchObject({ id: made.id, label: "by both" });
      expect((await client.get(`${path}/log`)).json.items).toHaveLength(1);
    }
    expect((await all.guest.delete(`${LINKS}/${made.id}`)).status).toBe(204);
    expect((await all.owner.delete(`${LINKS}/${ids[0]}`)).status).toBe(204);
    expect((await all.owner.get(`${LINKS}/${made.id}`)).json.state).toBe("revoked");
    expect((await all.guest.get(`${LINKS}/${ids[0]}`)).json.state).toBe("revoked");
    expect((await fetch(world().url + made.url)).status).toBe(404);
  });

  test("are revoked with all that the manager has of a kind, and the owner's are not", async () => {
    const all = await people(world());
    const { ids, made } = await managed(all);
    const own = await makeLink(all.guest, "root");
    const ofOwner = await makeLink(all.owner, all.inner);

    expect((await all.guest.delete(`${LINKS}?kind=share`)).status).toBe(204);

    expect(await idsOf(all.guest, "?state=revoked")).toEqual([own.id, made.id]);
    expect(await idsOf(all.owner, "?state=active")).toEqual([ofOwner.id, ids[0], ids[1]]);
  });

  const ends: [string, (all: People, shareId: string) => Promise<unknown>][] = [
    ["is viewer", ({ owner }, id) => owner.patch(`${API}/shares/${id}`, { role: "viewer" })],
    ["is editor", ({ owner }, id) => owner.patch(`${API}/shares/${id}`, { role: "editor" })],
    ["has no share", ({ owner }, id) => owner.delete(`${API}/shares/${id}`)],
    ["finds it deleted", ({ owner, folder }) => owner.delete(`${API}/folders/${folder}`)],
    ["finds its owner disabled", ({ owner }) => world().disable(owner)],
  ];
  test.each(ends)("are not there for a manager who %s, and let nobody in", async (_name, end) => {
    const all = await people(world());
    const { share, made } = await managed(all);
    const own = await makeLink(all.guest, "root");
    expect(await statuses(all, made.id)).toEqual([200, 200, 200]);

    await end(all, share.id);

    expect(await idsOf(all.guest)).toEqual([own.id]);
    expect(await statuses(all, made.id)).toEqual([404, 404, 404]);
    expect((await all.guest.delete(`${LINKS}/${made.id}`)).status).toBe(404);
    expect((await fetch(world().url + made.url)).status).toBe(404);
  });

  test("are no other manager's, nor a credential's that may not leave a folder", async () => {
    const all = await people(world());
    const { made } = await managed(all);
    const other = await world().member();
    const guestName = (await other.get(`${API}/me`)).json.username;
    await give({ ...all, guestName }, "manager");
    const rootFolderId = (await all.guest.makeFolder("own")).id;
    const { client } = await all.guest.makeKey(["links:write"], { rootFolderId });

    for (const stranger of [other, client]) {
      expect(await idsOf(stranger)).toEqual([]);
      expect((await stranger.get(`${LINKS}/${made.id}`)).status).toBe(404);
    }
  });

  test("go with the account of the manager", async () => {
    const all = await people(world());
    await managed(all);
    const ofOwner = await makeLink(all.owner, all.inner);

    await all.guest.send("DELETE", `${API}/me`, { password: "seven-purple-owls" });
    await world().settle();

    expect(await idsOf(all.owner)).toEqual([ofOwner.id]);
  });
});

const idOf = async (client: Client) => (await client.get(`${API}/me`)).json.id;
