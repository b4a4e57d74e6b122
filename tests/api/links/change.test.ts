import { describe, expect, test } from "@jest/globals";
import type { LinkDoc } from "../../../common/links/link.js";
import { newId } from "../../../common/platform/ids.js";
import { expiringUrl, inDays, LINKS, makeLink, share } from "../../support/links.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const DAY_MS = 86_400_000;

const links = () => world().mongo.db.collection<LinkDoc>("links");
const set = (id: string, $set: object) => links().updateOne({ _id: id }, { $set });

describe("PATCH /links/{id}", () => {
  test("changes each term, and leaves the others", async () => {
    const client = await world().member();
    const { id } = await client.makeFolder("plans");
    const link = await makeLink(client, id, { label: "old", maxDownloads: 3 });
    const path = `${LINKS}/${link.id}`;
    const changes: readonly (readonly [object, object?])[] = [
      [{ label: "new" }],
      [{ permission: "upload" }],
      [{ maxDownloads: 7 }],
      [{ notifiesFirstUse: true }],
      [{ isEnabled: false }, { isEnabled: false, state: "disabled" }],
      [{ isEnabled: true }, { isEnabled: true, state: "active" }],
      [{ password: "seven-purple-owls" }, { hasPassword: true }],
      [{ password: null }, { hasPassword: false }],
      [{ expiresAt: "2999-01-01T00:00:00.000Z" }],
      [{ label: null, maxDownloads: null, expiresAt: null }],
    ];

    let shown: object = link;
    for (const [body, now = body] of changes) {
      const { status, json } = await client.patch(path, body);
      shown = { ...shown, ...now };
      expect([status, json]).toEqual([200, shown]);
    }
    expect((await client.get(path)).json).toEqual(shown);
  });

  test("keeps a link for the time of its log after it expires", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const expiresAt = inDays(2);

    await client.patch(`${LINKS}/${id}`, { expiresAt });
    const limited = await links().findOne({ _id: id });
    await client.patch(`${LINKS}/${id}`, { expiresAt: null });
    const unlimited = await links().findOne({ _id: id });

    expect(limited?.removeAt?.getTime()).toBe(Date.parse(expiresAt) + 90 * DAY_MS);
    expect(unlimited?.removeAt).toBeNull();
  });

  test("makes a link that has expired valid again", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    await set(id, { expiresAt: new Date(0) });

    expect((await client.get(`${LINKS}/${id}`)).json.state).toBe("expired");
    const { json } = await client.patch(`${LINKS}/${id}`, { expiresAt: inDays(1) });

    expect(json.state).toBe("active");
  });

  test("makes no further link valid again where there are 1,000", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const doc = await links().findOne({ _id: id });
    const more = Array.from({ length: 1000 }, () => ({ ...doc, _id: newId() }) as LinkDoc);
    await links().insertMany(more);
    await set(id, { expiresAt: new Date(0) });

    const { status, json } = await client.patch(`${LINKS}/${id}`, { expiresAt: null });

    expect([status, json.code]).toEqual([409, "too-many-links"]);
    expect((await client.patch(`${LINKS}/${id}`, { label: "old" })).status).toBe(200);
  });

  test("uses a link up by a limit below what counts, and not by what is under way", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root", { maxDownloads: 10 });
    const openDownloads = [{ id: newId(), at: new Date() }];
    await set(id, { usedDownloads: 5, openDownloads });
    const change = (maxDownloads: number | null) =>
      client.patch(`${LINKS}/${id}`, { maxDownloads });

    expect((await change(5)).json).toMatchObject({ downloads: 4, state: "active" });
    expect((await change(4)).json.state).toBe("used-up");
    expect((await change(2)).json.state).toBe("used-up");
    expect((await change(null)).json.state).toBe("active");
  });

  test("loses nothing of changes at once", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const bodies = [
      ...[{ label: "new" }, { isEnabled: false }, { maxDownloads: 4 }],
      ...[{ permission: "upload" }, { notifiesFirstUse: true }],
    ];

    const answers = await Promise.all(bodies.map((body) => client.patch(`${LINKS}/${id}`, body)));

    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    const { json } = await client.get(`${LINKS}/${id}`);
    expect(json).toMatchObject(Object.assign({}, ...bodies) as object);
    expect((await links().findOne({ _id: id }))?.revision).toBe(bodies.length);
  });

  test.each<[object, string]>([
    [{}, ""],
    [{ permission: null }, "/permission"],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
    [{ maxDownloads: 0 }, "/maxDownloads"],
    [{ password: "12345678" }, "/password"],
    [{ isEnabled: null }, "/isEnabled"],
    [{ entryId: newId() }, "/entryId"],
    [{ permission: "upload" }, "/permission"],
  ])("refuses %j of a link to a file", async (body, pointer) => {
    const client = await world().member();
    const link = await makeLink(client, (await client.store("a", "a")).id);

    const { status, json } = await client.patch(`${LINKS}/${link.id}`, body);

    expect(status).toBe(400);
    expect(json.errors.map((fault) => fault.pointer)).toEqual([pointer]);
    expect((await client.get(`${LINKS}/${link.id}`)).json).toEqual(link);
  });

  test("changes label, expiry and switch of other kinds alone", async () => {
    const client = await world().member();
    const { id: entryId } = await client.store("a", "a");
    const link = await expiringUrl(world(), client, entryId);
    const path = `${LINKS}/${link._id}`;

    const { status, json } = await client.patch(path, { label: "for the printer" });
    const refused = await client.patch(path, {
      ...{ label: "x", password: null, permission: "view" },
      ...{ maxDownloads: null, notifiesFirstUse: false },
    });

    expect([status, json]).toMatchObject([200, { kind: "url", label: "for the printer" }]);
    expect((await client.patch(path, { isEnabled: false })).json.state).toBe("disabled");
    expect((await client.patch(path, { expiresAt: inDays(1) })).status).toBe(200);
    expect(refused.status).toBe(400);
    expect(refused.json.errors.map(({ pointer }) => pointer).sort()).toEqual([
      ...["/maxDownloads", "/notifiesFirstUse", "/password", "/permission"],
    ]);
  });
});

describe("DELETE /links/{id}", () => {
  test("revokes a link for good, and shows it in the list for the time of its log", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");

    expect((await client.delete(`${LINKS}/${id}`)).status).toBe(204);

    expect((await client.delete(`${LINKS}/${id}`)).status).toBe(404);
    expect((await client.patch(`${LINKS}/${id}`, { label: "x" })).status).toBe(404);
    expect((await client.get(`${LINKS}/${id}`)).json.state).toBe("revoked");
    expect((await client.get(`${LINKS}/${id}/log`)).status).toBe(200);
    const doc = await links().findOne({ _id: id });
    expect(doc?.removeAt?.getTime()).toBe((doc?.revokedAt?.getTime() ?? 0) + 90 * DAY_MS);
  });

  test("revokes once of ten times at once", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => client.delete(`${LINKS}/${id}`)),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([
      204,
      ...Array<number>(9).fill(404),
    ]);
  });

  test("lets nobody in any more, on any web process", async () => {
    const client = await world().member();
    const { id } = await makeLink(client, "root");
    const { linkEntrance, linkTokens } = world().services;
    const enter = () => linkEntrance.enter(linkTokens.make(id), "share");
    await expect(enter()).resolves.toMatchObject({ link: { _id: id } });

    await client.delete(`${LINKS}/${id}`);

    await expect(enter()).rejects.toThrow("or it is not valid any more");
  });
});

describe("the audit log", () => {
  test("says what was done to links, without labels, names and tokens", async () => {
    const client = await world().member();
    const { id: entryId } = await client.store("secret-name.txt", "a");
    const { json: link } = await share(client, entryId, { label: "secret-label" });
    await client.patch(`${LINKS}/${link.id}`, { maxDownloads: 3, label: "secret-name" });
    await client.delete(`${LINKS}/${link.id}`);

    const { items } = (await client.get("/api/v1/me/audit?limit=3")).json;

    expect(items).toMatchObject([
      { action: "link.revoke", target: { kind: "link", id: link.id } },
      { action: "link.change", changes: { maxDownloads: [null, 3] } },
      {
        action: "link.create",
        target: { kind: "link", id: link.id },
        changes: { permission: [null, "download"], entryId: [null, entryId] },
      },
    ]);
    const token = world().services.linkTokens.make(link.id);
    for (const word of ["secret-name", "secret-label", token.slice(22)]) {
      expect(JSON.stringify(items)).not.toContain(word);
    }
  });
});
