import { describe, expect, test } from "@jest/globals";
import { openEvents } from "../../../common/events/open.js";
import { changesOf, eventsOf, nowOf, typesOf } from "../../support/events.js";
import { makeLink } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
const API = "/api/v1";

describe("What happens to links and accounts", () => {
  test("is told of links: made, changed and revoked", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("a");
    const since = await nowOf(client);
    const { id } = await makeLink(client, folder.id);

    const created = await changesOf(client, since);
    const changed = await eventsOf(client, () =>
      client.patch(`${API}/links/${id}`, { label: "x" }),
    );
    const revoked = await eventsOf(client, () => client.delete(`${API}/links/${id}`));

    const link = { id, kind: "share" };
    expect(created).toMatchObject([{ type: "link.created", link, entry: { id: folder.id } }]);
    expect(changed).toMatchObject([{ type: "link.changed", link, changes: ["label"] }]);
    expect(revoked).toMatchObject([{ type: "link.revoked", link }]);
  });

  test("is told of each of the links that are revoked together", async () => {
    const client = await world().member();
    const folder = await client.makeFolder("a");
    const ids = [(await makeLink(client, folder.id)).id, (await makeLink(client, folder.id)).id];

    const events = await eventsOf(client, () => client.delete(`${API}/links?kind=share`));

    expect(events.map(({ type }) => type)).toEqual(["link.revoked", "link.revoked"]);
    expect(events.map(({ link }) => link?.id).sort()).toEqual(ids.sort());
  });

  test("is told of what admins change", async () => {
    const [admin, client] = [await world().person("admin"), await world().member()];
    const { id } = (await client.get(`${API}/me`)).json;

    const events = await eventsOf(client, () =>
      admin.patch(`${API}/admin/accounts/${id}`, { limitBytes: 1000 }),
    );

    const changed = { type: "account.updated", changes: ["limitBytes"], door: "admin" };
    expect(events).toMatchObject([changed]);
  });

  test("is told once each time that 90 % of the limit are passed", async () => {
    const [admin, client] = [await world().person("admin"), await world().member()];
    const { id } = (await client.get(`${API}/me`)).json;
    await admin.patch(`${API}/admin/accounts/${id}`, { limitBytes: 1000 });
    const isTold = async (act: () => Promise<unknown>) =>
      (await typesOf(client, act)).includes("quota.nearly-full");

    expect(await isTold(() => client.store("a", "x".repeat(899)))).toBe(false);
    expect(await isTold(() => client.store("b", "x"))).toBe(true);
    expect(await isTold(() => client.store("c", "x"))).toBe(false);
  });

  test("is in the log once, however many relays run at once", async () => {
    const client = await world().member();
    const { id: ownerId } = (await client.get(`${API}/me`)).json;
    const { mongo, logs, services } = world();
    const parts = { db: mongo.db, quotaWatch: { check: () => Promise.resolve(false) } };
    const relays = [1, 2, 3].map(
      () => openEvents({ ...parts, log: logs.log, now: mongo.now }).eventRelay,
    );

    for (let n = 0; n < 5; n += 1) {
      await Promise.all(["a", "b", "c"].map((name) => client.makeFolder(`${name}${n}`)));
      await Promise.all([...relays, services.eventRelay].map((relay) => relay.run(ownerId)));
    }

    const events = await changesOf(client);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
    expect(new Set(events.map(({ entry }) => entry?.name)).size).toBe(15);
  });
});
