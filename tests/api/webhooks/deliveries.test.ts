import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Client } from "../../support/client.js";
import { changesOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";
import { WebhookReceiver } from "../../support/webhook-receiver.js";
import { deliveriesOf, HOOKS, HOOKS_OF_INSTALLATION, makeWebhook } from "../../support/webhooks.js";

const world = useWorld({ webhookAllowPrivate: true });

let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.close());

const make = (client: Client, terms: object = {}, path = HOOKS) =>
  makeWebhook(client, { url: receiver.url, ...terms }, path);
const typesSent = (secret: string) => receiver.verified(secret).map(({ type }) => type);

describe("GET /webhooks/{id}/deliveries", () => {
  test("shows what was sent with what was answered, the latest first", async () => {
    const client = await world().member();
    const { id } = await make(client);
    receiver.answer = () => ({ status: 201, body: `é${"a".repeat(2_000)}` });
    for (const name of ["a", "b"]) {
      await client.makeFolder(name);
      await world().settle();
    }

    const deliveries = await deliveriesOf(client, id);

    const [a, b] = await changesOf(client);
    const attempt = { status: 201, error: null, answer: `é${"a".repeat(999)}` };
    const common = { type: "folder.created", state: "delivered", nextAttemptAt: null };
    expect(deliveries).toMatchObject([
      { ...common, eventId: b?.id, seq: 2, attempts: [attempt] },
      { ...common, eventId: a?.id, seq: 1, attempts: [attempt] },
    ]);
    const ids = receiver.requests.map(({ headers }) => headers["webhook-id"]);
    expect(ids.sort()).toEqual(deliveries.map((delivery) => delivery.id).sort());
    const shown = (await client.get(`${HOOKS}/${id}`)).json;
    expect(shown).toMatchObject({ lastDelivery: { state: "delivered", status: 201 }, pending: 0 });
  });

  test("lists those of a state, page by page", async () => {
    const client = await world().member();
    const { id } = await make(client);
    receiver.answer = ({ body }) => ({ status: body.includes('"name":"bad') ? 500 : 204 });
    for (const name of ["bad1", "good", "bad2"]) {
      await client.makeFolder(name);
      await world().settle();
    }
    const list = `${HOOKS}/${id}/deliveries`;

    const first = (await client.get(`${list}?state=pending&limit=1`)).json;
    const second = (
      await client.get(`${list}?state=pending&limit=1&cursor=${String(first.nextCursor)}`)
    ).json;

    expect([first.items, second.items]).toMatchObject([[{ seq: 3 }], [{ seq: 1 }]]);
    expect(second.nextCursor).toBeNull();
    expect((await client.get(`${list}?state=delivered`)).json.items).toMatchObject([{ seq: 2 }]);
    expect((await client.get(`${list}?state=failed`)).json.items).toEqual([]);
    expect((await client.get(`${HOOKS}/${id}`)).json).toMatchObject({ pending: 2 });
    expect(first.items).toMatchObject([{ nextAttemptAt: expect.any(String) }]);
    const [waiting] = await deliveriesOf(client, id, { query: "state=pending" });
    expect(waiting?.attempts[0]).toMatchObject({ status: 500, error: null });
    for (const query of ["state=lost", "cursor=AAAA"]) {
      expect((await client.get(`${list}?${query}`)).status).toBe(400);
    }
  });
});

describe("POST /webhooks/{id}/test", () => {
  test("sends a test, whatever types the webhook has, and can be looked at", async () => {
    const client = await world().member();
    const { id, secret } = await make(client, { events: ["trash.emptied"] });

    const { status, json, headers } = await client.post(`${HOOKS}/${id}/test`);
    await world().settle();

    const location = `${HOOKS}/${id}/deliveries/${json.id}`;
    const { id: ownerId } = (await client.get("/api/v1/me")).json;
    expect([status, headers["location"]]).toEqual([202, expect.stringMatching(`${location}$`)]);
    expect(json).toMatchObject({ type: "webhook.test", seq: null, ownerId, state: "pending" });
    expect(receiver.verified(secret)).toMatchObject([{ type: "webhook.test", data: { ownerId } }]);
    expect((await client.get(location)).json).toMatchObject({
      ...{ id: json.id, state: "delivered", attempts: [{ status: 204 }] },
    });
  });

  test("is 409 while the webhook is switched off, and so are replays", async () => {
    const client = await world().member();
    const { id } = await make(client);
    const { id: deliveryId } = (await client.post(`${HOOKS}/${id}/test`)).json;
    await world().settle();
    await client.patch(`${HOOKS}/${id}`, { isEnabled: false });

    const answers = [
      await client.post(`${HOOKS}/${id}/test`),
      await client.post(`${HOOKS}/${id}/deliveries/${deliveryId}/replay`),
      await client.post(`${HOOKS}/${id}/replay`, { state: "failed" }),
    ];

    const codes = answers.map(({ status, json }) => [status, json.code]);
    expect(codes).toEqual(answers.map(() => [409, "webhook-disabled"]));
  });
});

describe("Sending again", () => {
  test("one event keeps its id and its attempts", async () => {
    const client = await world().member();
    const { id, secret } = await make(client);
    await client.makeFolder("a");
    await world().settle();
    const list = `${HOOKS}/${id}/deliveries`;
    const deliveryId = (await deliveriesOf(client, id))[0]?.id ?? "";

    const { status, json } = await client.post(`${list}/${deliveryId}/replay`);
    await world().settle();

    expect([status, json]).toMatchObject([202, { id: deliveryId, state: "pending" }]);
    expect(typesSent(secret)).toEqual(["folder.created", "folder.created"]);
    const [first, second] = receiver.requests.map(({ headers }) => headers["webhook-id"]);
    expect(second).toBe(first);
    const attempts = [{ status: 204 }, { status: 204 }];
    expect((await client.get(`${list}/${deliveryId}`)).json).toMatchObject({ attempts });
  });

  test("all events behind a number has those from before the webhook, in order", async () => {
    const client = await world().member();
    for (const name of ["a", "b", "c"]) await client.makeFolder(name);
    const { id, secret } = await make(client);

    const { status, json } = await client.post(`${HOOKS}/${id}/replay`, { since: 1 });
    await world().settle();

    expect([status, json.id]).toEqual([202, id]);
    const sent = receiver.verified(secret).map(({ data }) => data.seq);
    expect(sent.sort()).toEqual([2, 3]);
  });

  test("all events since an instant has none from before", async () => {
    const client = await world().member();
    await client.makeFolder("a");
    const at = (await changesOf(client))[0]?.at ?? "";
    const { id, secret } = await make(client);
    const later = new Date(Date.parse(at) + 1).toISOString();

    await client.post(`${HOOKS}/${id}/replay`, { from: later });
    await world().settle();
    expect(typesSent(secret)).toEqual([]);

    await client.post(`${HOOKS}/${id}/replay`, { from: at });
    await world().settle();
    expect(typesSent(secret)).toEqual(["folder.created"]);
  });

  test.each<[object, string]>([
    [{}, ""],
    [{ since: 1, state: "failed" }, ""],
    [{ since: -1 }, "/since"],
    [{ since: "1" }, "/since"],
    [{ since: 1.5 }, "/since"],
    [{ from: "yesterday" }, "/from"],
    [{ state: "delivered" }, "/state"],
  ])("refuses %j with 400", async (body, pointer) => {
    const client = await world().member();
    const { id } = await make(client);

    const { status, json } = await client.post(`${HOOKS}/${id}/replay`, body);

    expect([status, json.code]).toEqual([400, "invalid-request"]);
    expect(json.errors).toMatchObject([{ in: "body", pointer }]);
  });
});

describe("A webhook of the installation", () => {
  test("gets the events of all accounts, without names, each with its account", async () => {
    const [admin, member] = [await world().person("admin"), await world().member()];
    const hooks = HOOKS_OF_INSTALLATION;
    const { id, secret } = await make(admin, { events: ["file.created"] }, hooks);
    const file = await member.store("secret plan.txt", "a");
    await admin.store("mine.txt", "b");
    await world().settle();

    const sent = receiver.verified(secret);

    const [mine, theirs] = [await admin.get("/api/v1/me"), await member.get("/api/v1/me")];
    const owners = [mine.json.id, theirs.json.id].sort();
    expect(sent.map(({ data }) => data.ownerId).sort()).toEqual(owners);
    expect(sent.find(({ data }) => data.ownerId === theirs.json.id)?.data.entry?.id).toBe(file.id);
    expect(JSON.stringify(receiver.requests)).not.toMatch(/secret plan|mine\.txt/);
    const deliveries = await deliveriesOf(admin, id, { path: hooks });
    expect(deliveries).toHaveLength(2);
    expect(JSON.stringify(deliveries)).not.toContain("secret plan");
  });
});
