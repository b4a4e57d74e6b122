import { describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { useWorld } from "../../support/use-world.js";
import { HOOKS, makeWebhook, type WebhookJson } from "../../support/webhooks.js";

const world = useWorld();

// It leads inside, so nothing is sent, and nobody is asked for the name.
const URL_OF_US = "https://localhost/stowage";
const make = (client: Client, terms: object = {}) =>
  client.post(HOOKS, { url: URL_OF_US, ...terms });
const made = (client: Client, terms: object = {}) =>
  makeWebhook(client, { url: URL_OF_US, ...terms });

describe("POST /webhooks", () => {
  test("answers with the webhook, where it is, and the secret, which no other answer has", async () => {
    const client = await world().member();

    const { status, json, headers } = await make(client);

    const { secret, ...webhook } = json as unknown as WebhookJson;
    expect(status).toBe(201);
    expect(headers["location"]).toMatch(new RegExp(`${HOOKS}/${json.id}$`));
    expect(headers["cache-control"]).toBe("no-store");
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toEqual({
      id: json.id,
      url: URL_OF_US,
      ...{ label: null, events: null, folderId: null, isEnabled: true, disabledReason: null },
      ...{ createdAt: webhook.createdAt, changedAt: webhook.createdAt },
      ...{ lastDelivery: null, pending: 0 },
    });
    expect((await client.get(`${HOOKS}/${json.id}`)).json).toEqual(webhook);
    expect((await client.get(HOOKS)).json.items).toEqual([webhook]);
  });

  test("takes a label, types of events once each, and a folder of one's own", async () => {
    const client = await world().member();
    const { id: folderId } = await client.makeFolder("inbox");

    const events = ["file.ready", "file.deleted", "file.ready"];
    const webhook = await made(client, { label: "Büro", events, folderId });

    const sorted = ["file.deleted", "file.ready"];
    expect(webhook).toMatchObject({ label: "Büro", events: sorted, folderId });
  });

  test("takes root as all of the account", async () => {
    const client = await world().member();
    const { id: rootFolderId } = (await client.get("/api/v1/folders/root")).json;

    for (const folderId of ["root", rootFolderId, null]) {
      expect(await made(client, { folderId })).toMatchObject({ folderId: null });
    }
  });

  test.each<[object, string]>([
    [{ url: undefined }, "/url"],
    [{ url: null }, "/url"],
    [{ url: "" }, "/url"],
    [{ url: "hooks" }, "/url"],
    [{ url: "ftp://hooks.example.com/" }, "/url"],
    [{ url: "javascript:alert(1)" }, "/url"],
    [{ url: "https://" }, "/url"],
    [{ url: "https://john:secret@hooks.example.com/" }, "/url"],
    [{ url: "https://@hooks.example.com/#part" }, "/url"],
    [{ url: `https://hooks.example.com/${"a".repeat(2_048)}` }, "/url"],
    [{ url: "https://hooks.example.com/\0" }, "/url"],
    [{ label: "" }, "/label"],
    [{ label: "a".repeat(101) }, "/label"],
    [{ label: "line\nbreak" }, "/label"],
    [{ events: [] }, "/events"],
    [{ events: ["webhook.test"] }, "/events/0"],
    [{ events: ["file.*"] }, "/events/0"],
    [{ events: "file.ready" }, "/events"],
    [{ folderId: "x" }, "/folderId"],
    [{ isEnabled: false }, "/isEnabled"],
    [{ secret: "whsec_AAAA" }, "/secret"],
  ])("refuses %j with 400, and says where", async (terms, pointer) => {
    const client = await world().member();

    const { status, json } = await make(client, terms);

    expect([status, json.code]).toEqual([400, "invalid-request"]);
    expect(json.errors).toMatchObject([{ in: "body", pointer }]);
    expect((await client.get(HOOKS)).json.items).toEqual([]);
  });

  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
  ])("refuses %s, which leads inside, with 422 and a pointer", async (url) => {
    const client = await world().member();

    const { status, json } = await make(client, { url });

    expect([status, json.code]).toEqual([422, "url-not-allowed"]);
    expect(json.errors).toMatchObject([{ in: "body", pointer: "/url" }]);
    const { id } = await made(client);
    const change = await client.patch(`${HOOKS}/${id}`, { url });
    expect([change.status, change.json.code]).toEqual([422, "url-not-allowed"]);
  });

  test("refuses a folder that does not exist, is in the trash or is of others", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const [gone, foreign] = [await client.makeFolder("gone"), await other.makeFolder("theirs")];
    await client.delete(`/api/v1/folders/${gone.id}`);
    const { username } = (await client.get("/api/v1/me")).json;
    const shared = await other.makeFolder("shared");
    await other.post("/api/v1/shares", { entryId: shared.id, username, role: "manager" });

    for (const { id: folderId } of [gone, foreign]) {
      expect((await make(client, { folderId })).status).toBe(404);
    }
    const { status, json } = await make(client, { folderId: shared.id });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "body", pointer: "/folderId" }]);
  });

  test("makes at most 20 for an account, also at once", async () => {
    const [client, other] = [await world().member(), await world().member()];
    const count = async () => (await client.get(HOOKS)).json.items.length;

    const answers = await Promise.all(Array.from({ length: 25 }, () => make(client)));
    for (let more = await count(); more < 20; more += 1) {
      expect((await make(client)).status).toBe(201);
    }
    const refused = answers.filter(({ status }) => status !== 201);

    expect(refused.length).toBeGreaterThanOrEqual(5);
    for (const { status, json } of [...refused, await make(client)]) {
      expect([status, json.code, json.limit]).toEqual([409, "too-many-webhooks", 20]);
    }
    expect(await count()).toBe(20);
    expect((await make(other)).status).toBe(201);
  });
});

describe("GET /webhooks", () => {
  test("lists one's own, the latest first, page by page", async () => {
    const [client, other] = [await world().member(), await world().member()];
    await made(other);
    const ids: string[] = [];
    for (const label of ["a", "b", "c"]) ids.unshift((await made(client, { label })).id);

    const seen: string[] = [];
    let next: string | undefined = `${HOOKS}?limit=2`;
    while (next !== undefined) {
      const { json, headers } = await client.get(next);
      seen.push(...json.items.map(({ id }: { id: string }) => id));
      next = /<(.*)>; rel="next"/.exec(headers["link"] ?? "")?.[1];
    }

    expect(seen).toEqual(ids);
  });

  test("refuses a cursor of another list with 400", async () => {
    const client = await world().member();

    const { status, json } = await client.get(`${HOOKS}?cursor=AAAA`);

    expect([status, json.code]).toEqual([400, "invalid-cursor"]);
  });
});

describe("PATCH /webhooks/{id}", () => {
  test("changes what it names, and nothing else", async () => {
    const client = await world().member();
    const { id: folderId } = await client.makeFolder("inbox");
    const { id } = await made(client, { label: "a", folderId });
    const before = (await client.get(`${HOOKS}/${id}`)).json;

    const url = "http://other.example.com:8080/x?key=y";
    const { status, json } = await client.patch(`${HOOKS}/${id}`, { url, folderId: null });

    expect(status).toBe(200);
    const { changedAt } = json as unknown as WebhookJson;
    expect(json).toEqual({ ...before, url, folderId: null, changedAt });
    expect((await client.get(`${HOOKS}/${id}`)).json).toEqual(json);
  });

  test("switches it off and on", async () => {
    const client = await world().member();
    const { id } = await made(client);

    for (const isEnabled of [false, true]) {
      const { json } = await client.patch(`${HOOKS}/${id}`, { isEnabled });
      expect(json).toMatchObject({ isEnabled, disabledReason: null });
    }
  });

  test.each<[object, string]>([
    [{}, ""],
    [{ url: "hooks" }, "/url"],
    [{ url: null }, "/url"],
    [{ isEnabled: null }, "/isEnabled"],
    [{ disabledReason: null }, "/disabledReason"],
  ])("refuses %j with 400", async (body, pointer) => {
    const client = await world().member();
    const { id } = await made(client);

    const { status, json } = await client.patch(`${HOOKS}/${id}`, body);

    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ in: "body", pointer }]);
  });
});

describe("DELETE /webhooks/{id}", () => {
  test("removes it, once", async () => {
    const client = await world().member();
    const { id } = await made(client);

    expect((await client.delete(`${HOOKS}/${id}`)).status).toBe(204);
    expect((await client.delete(`${HOOKS}/${id}`)).status).toBe(404);
    expect((await client.get(`${HOOKS}/${id}`)).status).toBe(404);
    expect((await client.get(HOOKS)).json.items).toEqual([]);
  });
});

describe("POST /webhooks/{id}/secret", () => {
  test("answers with another secret", async () => {
    const client = await world().member();
    const first = await made(client);

    const { status, json, headers } = await client.post(`${HOOKS}/${first.id}/secret`);
    const { secret } = json as unknown as WebhookJson;

    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secret).not.toBe(first.secret);
    expect(json).toMatchObject({ id: first.id, url: URL_OF_US });
  });
});
