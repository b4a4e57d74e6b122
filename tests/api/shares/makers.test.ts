import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { makeLink } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";
import { mount } from "../mounts/mounted.js";
import { API, people } from "./people.js";

const world = useWorld();

interface Person {
  readonly client: Client;
  readonly id: string;
  readonly username: string;
}

async function person(client?: Client): Promise<Person> {
  const known = client ?? (await world().member());
  const { id, username } = (await known.get(`${API}/me`)).json;
  return { client: known, id, username };
}

/** An owner with `/shared/inner/a.txt`, and three others. */
async function four() {
  const all = await people(world());
  const [owner, a, b, c] = [
    await person(all.owner),
    await person(all.guest),
    await person(),
    await person(),
  ];
  return { ...all, owner, a, b, c };
}

const MANAGER = "manager";

/** @param to - Whom, in which role. Default: as manager. */
async function give(by: Person, entryId: string, to: Person & { readonly role?: string }) {
  const body = { entryId, username: to.username, role: to.role ?? MANAGER };
  const { status, json } = await by.client.post(`${API}/shares`, body);
  expect([200, 201]).toContain(status);
  return json.id;
}

const asViewer = (somebody: Person) => ({ ...somebody, role: "viewer" });

const end = async (by: Person, shareId: string) => {
  expect((await by.client.delete(`${API}/shares/${shareId}`)).status).toBe(204);
};

const read = async ({ client }: Person, file: string) =>
  (await client.get(`${API}/files/${file}`)).status;

async function groupOf({ client }: Person, members: readonly Person[] = []): Promise<string> {
  const { id } = (await client.post(`${API}/groups`, { name: "Family" })).json;
  for (const { username } of members) {
    await client.post(`${API}/groups/${id}/members`, { username });
  }
  return id;
}

describe("A share that a manager made", () => {
  test("does not let the manager in again by a group after the own share was taken back", async () => {
    const { owner, a, b, folder, file } = await four();
    const own = await give(owner, folder, a);
    const groupId = await groupOf(a);
    await a.client.post(`${API}/shares`, { entryId: folder, groupId, role: "manager" });
    await end(owner, own);
    for (const { username } of [a, b]) {
      await a.client.post(`${API}/groups/${groupId}/members`, { username });
    }

    for (const somebody of [a, b]) {
      expect(await read(somebody, file)).toBe(404);
      expect((await somebody.client.get(`${API}/shared`)).json.items).toEqual([]);
      const again = { entryId: folder, username: somebody.username, role: "manager" };
      expect((await a.client.post(`${API}/shares`, again)).status).toBe(404);
    }
    const listed = await owner.client.get(`${API}/shares?entryId=${folder}`);
    expect(listed.json.items).toMatchObject([
      { grantee: { id: groupId }, by: { id: a.id, username: a.username }, isValid: false },
    ]);
  });

  test("counts as long as all managers do through whom it came, and again when they do again", async () => {
    const { owner, a, b, c, folder, inner, file } = await four();
    const first = await give(owner, folder, a);
    await give(a, folder, b);
    await give(b, inner, asViewer(c));
    const statuses = async () => [await read(a, file), await read(b, file), await read(c, file)];
    expect(await statuses()).toEqual([200, 200, 200]);

    await end(owner, first);
    expect(await statuses()).toEqual([404, 404, 404]);
    const again = await give(owner, folder, a);
    expect(await statuses()).toEqual([200, 200, 200]);
    await owner.client.patch(`${API}/shares/${again}`, { role: "editor" });

    expect(await statuses()).toEqual([200, 404, 404]);
  });

  test("does not count by shares that lead to each other in a circle", async () => {
    const { owner, a, b, folder, inner, file } = await four();
    const first = await give(owner, folder, a);
    await give(a, inner, b);
    await give(b, inner, a);

    await end(owner, first);

    expect([await read(a, file), await read(b, file)]).toEqual([404, 404]);
  });

  test("counts where its maker is a manager by a group, until the maker leaves that", async () => {
    const { owner, a, b, folder, file } = await four();
    const groupId = await groupOf(owner, [a]);
    await owner.client.post(`${API}/shares`, { entryId: folder, groupId, role: "manager" });
    await give(a, folder, asViewer(b));
    expect(await read(b, file)).toBe(200);

    await owner.client.delete(`${API}/groups/${groupId}/members/${a.id}`);

    expect(await read(b, file)).toBe(404);
  });

  test("of a folder does not count where its maker is only a manager of something in it", async () => {
    const { owner, a, b, folder, inner, file } = await four();
    const whole = await give(owner, folder, a);
    await give(owner, inner, a);
    await give(a, folder, asViewer(b));

    await end(owner, whole);

    expect([await read(a, file), await read(b, file)]).toEqual([200, 404]);
  });

  test.each<[string, object]>([
    ["disabled", { isDisabled: true }],
    ["to be deleted", { deletion: { id: "d", at: new Date(), dueAt: new Date() } }],
  ])("does not count while its maker is %s", async (_name, change) => {
    const { owner, a, b, folder, file } = await four();
    await give(owner, folder, a);
    await give(a, folder, asViewer(b));
    const accounts = world().mongo.db.collection<{ _id: string }>("accounts");
    await accounts.updateOne({ _id: a.id }, { $set: change });

    expect(await read(b, file)).toBe(404);
    await accounts.updateOne({ _id: a.id }, { $unset: { deletion: "" } });
    await accounts.updateOne({ _id: a.id }, { $set: { isDisabled: false } });
    expect(await read(b, file)).toBe(200);
  });

  test("has its end also in paths through mounts, links, archives and previews of moves", async () => {
    const { owner, a, b, folder, inner, file } = await four();
    await world().settle();
    const first = await give(owner, folder, a);
    await give(a, inner, b);
    await mount(b.client, inner, { name: "Team" });
    const link = await makeLink(b.client, inner);
    const archive = (await b.client.post(`${API}/archives`, { folderId: inner })).json.links
      .content;
    const paths = [`${API}/by-path/Team/a.txt`, archive, link.url, `${API}/folders/${inner}`];
    const statuses = async () =>
      Promise.all(paths.map(async (path) => (await b.client.get(path)).status));
    const preview = async () => {
      const path = `${API}/files/${file}?dryRun=true`;
      return (await owner.client.patch(path, { folderId: folder })).json;
    };
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    const toA: unknown = expect.objectContaining({
      by: { id: owner.id, username: owner.username },
    });
    const toB: unknown = expect.objectContaining({ by: { id: a.id, username: a.username } });
    const sharedBefore: unknown = expect.arrayContaining([toA, toB]);
    expect(await preview()).toMatchObject({ sharedBefore, sharedAfter: [toA] });

    await end(owner, first);

    expect(await statuses()).toEqual([404, 404, 404, 404]);
    expect(await preview()).toMatchObject({ sharedBefore: [], sharedAfter: [] });
    const mounts = (await b.client.get(`${API}/folders/root/children`)).json.items;
    expect(mounts).toMatchObject([{ name: "Team", target: null }]);
  });
});

describe("Who gives a share another role", () => {
  test("has made it where that is stronger", async () => {
    const { owner, a, b, folder, file } = await four();
    const first = await give(owner, folder, a);
    const share = await give(owner, folder, asViewer(b));

    await a.client.patch(`${API}/shares/${share}`, { role: "manager" });
    await end(owner, first);

    expect(await read(b, file)).toBe(404);
    expect(await give(owner, folder, asViewer(b))).toBe(share);
    expect(await read(b, file)).toBe(200);
  });

  test("has not made it where that is weaker", async () => {
    const { owner, a, b, folder, file } = await four();
    const first = await give(owner, folder, a);
    const share = await give(owner, folder, { ...b, role: "editor" });

    const { json } = await a.client.patch(`${API}/shares/${share}`, { role: "viewer" });
    await end(owner, first);

    expect(json).toMatchObject({ by: { id: owner.id }, isValid: true });
    expect(await read(b, file)).toBe(200);
  });

  test("has made it where it was not valid any more", async () => {
    const { owner, a, b, c, folder, file } = await four();
    const first = await give(owner, folder, a);
    await give(owner, folder, b);
    await give(a, folder, asViewer(c));
    await end(owner, first);
    expect(await read(c, file)).toBe(404);

    await give(b, folder, asViewer(c));

    expect(await read(c, file)).toBe(200);
  });
});
