import { describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import type { LinkUseDoc } from "../../../common/links/uses-repository.js";
import { newId } from "../../../common/platform/ids.js";
import type { Client } from "../../support/client.js";
import { expiringUrl, LINKS, makeLink, newUse, share } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const links = () => world().mongo.db.collection<LinkDoc>("links");
const uses = () => world().mongo.db.collection<LinkUseDoc>("linkUses");
const set = (id: string, $set: object) => links().updateOne({ _id: id }, { $set });

const idsOf = async (client: Client, query = "") => {
  const { status, json } = await client.get(LINKS + query);
  expect(status).toBe(200);
  return json.items.map(({ id }) => id);
};

describe("GET /links", () => {
  test("lists the latest first, page by page, and nobody else's", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    await makeLink(jane, "root");
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.unshift((await makeLink(john, "root")).id);

    const found: string[] = [];
    let path: string | undefined = `${LINKS}?limit=3`;
    const sizes: number[] = [];
    while (path !== undefined) {
      const { json, headers } = await john.get(path);
      found.push(...json.items.map(({ id }) => id));
      sizes.push(json.items.length);
      path = /<([^>]+)>; rel="next"/.exec(headers["link"] ?? "")?.[1];
    }

    expect(sizes).toEqual([3, 3, 1]);
    expect(found).toEqual(made);
  });

  test("chooses by entry, and by the alias root", async () => {
    const client = await world().member();
    const { id: entryId } = await client.store("a", "a");
    const [ofFile, ofRoot] = [await makeLink(client, entryId), await makeLink(client, "root")];

    expect(await idsOf(client, `?entryId=${entryId}`)).toEqual([ofFile.id]);
    expect(await idsOf(client, "?entryId=root")).toEqual([ofRoot.id]);
    expect(await idsOf(client, `?entryId=${newId()}`)).toEqual([]);
  });

  test("chooses by kind", async () => {
    const client = await world().member();
    const { id: entryId } = await client.store("a", "a");
    const link = await makeLink(client, entryId);
    const url = await expiringUrl(world(), client, entryId);

    expect(await idsOf(client)).toEqual([url._id, link.id]);
    expect(await idsOf(client, "?kind=share")).toEqual([link.id]);
    expect(await idsOf(client, "?kind=url")).toEqual([url._id]);
    expect(await idsOf(client, "?kind=grant")).toEqual([]);
  });

  test("chooses by state, as each link shows it", async () => {
    const client = await world().member();
    const { id: entryId } = await client.store("a", "a");
    const make = async ($set: object) => {
      const { id } = await makeLink(client, entryId, { maxDownloads: 2 });
      await set(id, $set);
      return id;
    };
    const open = [{ id: newId(), at: new Date() }];
    const past = new Date(0);
    const byState = {
      active: await make({ usedDownloads: 2, openDownloads: open }),
      disabled: await make({ isEnabled: false, usedDownloads: 2 }),
      expired: await make({ expiresAt: past, isEnabled: false }),
      "used-up": await make({ usedDownloads: 3, openDownloads: open }),
      revoked: await make({ revokedAt: past, expiresAt: past }),
    };
    const url = await expiringUrl(world(), client, entryId);

    expect(await idsOf(client, "?state=active")).toEqual([url._id, byState.active]);
    for (const [state, id] of Object.entries(byState)) {
      expect((await client.get(`${LINKS}/${id}`)).json.state).toBe(state);
      if (state !== "active") expect(await idsOf(client, `?state=${state}`)).toEqual([id]);
    }
  });

  test("goes on within one list only", async () => {
    const client = await world().member();
    for (let n = 0; n < 3; n += 1) await makeLink(client, "root");
    const { nextCursor } = (await client.get(`${LINKS}?limit=1`)).json;

    const { status, json } = await client.get(`${LINKS}?state=active&cursor=${nextCursor ?? ""}`);

    expect([status, json.code]).toEqual([400, "invalid-cursor"]);
  });

  test.each(["kind=page", "state=open", "entryId=x", "limit=0", "label=x"])(
    "refuses ?%s",
    async (query) => {
      const { status } = await (await world().member()).get(`${LINKS}?${query}`);

      expect(status).toBe(400);
    },
  );

  test("asks for a credential that may make links, because it shows tokens", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const { client: reader } = await client.makeKey(["files:read", "account:read"]);

    for (const path of [LINKS, "/api/v1/link-policy", `${LINKS}/${id}`, `${LINKS}/${id}/log`]) {
      expect((await world().visitor().get(path)).status).toBe(401);
      expect((await reader.get(path)).json.code).toBe("insufficient-scope");
    }
    expect((await reader.patch(`${LINKS}/${id}`, { label: "x" })).status).toBe(403);
    expect((await reader.delete(`${LINKS}/${id}`)).status).toBe(403);
  });

  test("shows a link to what is deleted without a path, and with it when that is restored", async () => {
    const keeping = await world().addWeb({ trashRetentionMs: 86_400_000 });
    const client = await world().member(keeping);
    const { id: entryId } = await client.store("plan", "a");
    const { id } = await makeLink(client, entryId);

    await client.delete(`/api/v1/files/${entryId}`);
    const deleted = (await client.get(LINKS)).json.items;
    await client.post(`/api/v1/trash/${entryId}/restore`, {});

    expect(deleted).toMatchObject([{ id, entryPath: null, state: "active" }]);
    expect((await client.get(`${LINKS}/${id}`)).json.entryPath).toBe("/plan");
  });
});

describe("a link of somebody else", () => {
  test("does not exist", async () => {
    const [john, jane] = [await world().member(), await world().member()];
    const { id } = await makeLink(jane, "root");

    for (const linkId of [id, newId(), "x"]) {
      const path = `${LINKS}/${linkId}`;
      expect((await john.get(path)).status).toBe(404);
      expect((await john.get(`${path}/log`)).status).toBe(404);
      expect((await john.patch(path, { label: "x" })).status).toBe(404);
      expect((await john.delete(path)).status).toBe(404);
    }
    expect((await jane.get(`${LINKS}/${id}`)).json).toMatchObject({ label: null, state: "active" });
  });
});

describe("a credential with a root folder", () => {
  test("knows and changes only links to what it reaches", async () => {
    const client = await world().member();
    const inside = await client.makeFolder("inside");
    const below = await client.makeFolder("below", inside.id);
    const outside = await client.makeFolder("outside");
    const { client: limited } = await client.makeKey(["links:write"], { rootFolderId: inside.id });
    const foreign = await makeLink(client, outside.id);
    const own = [await makeLink(client, inside.id), await makeLink(client, below.id)];

    expect((await limited.get(LINKS)).json.items).toMatchObject([
      { id: own[1]?.id, entryPath: "/below" },
      { id: own[0]?.id, entryPath: "/" },
    ]);
    expect(await idsOf(limited, "?entryId=root")).toEqual([own[0]?.id]);
    const path = `${LINKS}/${foreign.id}`;
    expect((await limited.get(path)).status).toBe(404);
    expect((await limited.get(`${path}/log`)).status).toBe(404);
    expect((await limited.patch(path, { label: "x" })).status).toBe(404);
    expect((await limited.delete(path)).status).toBe(404);
    expect((await share(limited, outside.id)).status).toBe(404);
    expect((await makeLink(limited, "root")).entryId).toBe(inside.id);
    expect((await limited.delete(`${LINKS}/${own[1]?.id ?? ""}`)).status).toBe(204);
  });
});

describe("GET /links/{id}/log", () => {
  test("lists the uses of one link, the latest first, page by page", async () => {
    const client = await world().member();
    const { id, entryId } = await makeLink(client, "root");
    const other = await makeLink(client, "root");
    const doc = await links().findOne({ _id: id });
    if (doc === null) throw new Error("There is no link");
    const made = Array.from({ length: 5 }, (_, n) =>
      newUse(doc, { startedAt: new Date(Date.now() - n * 1000), bytes: n }),
    );
    await uses().insertMany([...made, newUse({ ...doc, _id: other.id }, {})]);
    const [latest] = made;

    const first = (await client.get(`${LINKS}/${id}/log?limit=3`)).json;
    const second = await client.get(`${LINKS}/${id}/log?limit=3&cursor=${first.nextCursor ?? ""}`);

    expect(first.items[0]).toEqual({
      id: latest?._id,
      kind: "download",
      startedAt: latest?.startedAt.toISOString(),
      lastAt: latest?.lastAt.toISOString(),
      addressPrefix: "192.0.2.0/24",
      userAgent: "curl/8.14.1",
      entryId,
      name: "plan.pdf",
      bytes: 0,
      sizeBytes: 100,
      isComplete: false,
    });
    const ids = [...first.items, ...second.json.items].map((use) => use.id);
    expect(ids).toEqual(made.map(({ _id }) => _id));
    expect(second.json.nextCursor).toBeNull();
  });
});
