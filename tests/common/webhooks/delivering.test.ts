import { beforeEach, describe, expect, test } from "@jest/globals";
import { Webhook as Verifier } from "standardwebhooks";
import type { DeliveryDoc, WebhookDoc } from "../../../common/webhooks/webhook.js";
import type { Client } from "../../support/client.js";
import { nowOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";
import { type SentBody, WebhookReceiver } from "../../support/webhook-receiver.js";
import { useListening } from "./listening.js";

const world = useWorld({ webhookAllowPrivate: true });
const listening = useListening(world);

let receiver: WebhookReceiver;
let client: Client;
let id: string;
let webhook: WebhookDoc;
let secret: string;

beforeEach(async () => {
  ({ receiver, client, id } = listening());
  ({ webhook, secret } = await world().services.webhooks.create(id, {
    ...{ url: new URL(receiver.url), label: null, folderId: null },
    events: ["folder.created", "folder.moved"],
  }));
});

const deliveries = () => world().mongo.db.collection<DeliveryDoc>("webhookDeliveries");
const webhooks = () => world().mongo.db.collection<WebhookDoc>("webhooks");
const all = () => deliveries().find({ webhookId: webhook._id }).sort({ "event.seq": 1 }).toArray();
const find = () => world().services.webhooks.find(id, webhook._id);

/** The next try of all that waits is due. */
async function passTime() {
  const earlier = new Date(Date.now() - 1000);
  await deliveries().updateMany({ state: "pending" }, { $set: { dueAt: earlier } });
  await webhooks().updateMany({}, { $set: { restUntil: null } });
  await world().settle();
}

const read = ({ body }: { readonly body: string }) => JSON.parse(body) as SentBody;

const isAbout = (name: string, request: { readonly body: string }) =>
  read(request).data.entry?.name === name;

const sentAbout = (name: string) => receiver.requests.filter((request) => isAbout(name, request));

describe("An event that is not delivered", () => {
  test("is tried again with the same id and text, and shows each try", async () => {
    receiver.answer = () => ({ status: 500, body: "not now" });
    await client.makeFolder("one");
    await world().settle();
    const [first] = await all();
    expect(first).toMatchObject({
      ...{ state: "pending", tries: 1 },
      attempts: [{ status: 500, error: null, answer: "not now" }],
    });
    const waitMs = Number(first?.dueAt?.getTime()) - Number(first?.attempts[0]?.at.getTime());
    expect(waitMs).toBeGreaterThanOrEqual(5000);
    expect(await find()).toMatchObject({
      ...{ pending: 1, isEnabled: true, failures: 1 },
      lastDelivery: { state: "pending", status: 500 },
    });

    receiver.answer = () => ({ status: 200, body: "thanks" });
    await passTime();

    const [second] = await all();
    expect(second).toMatchObject({ state: "delivered", tries: 2 });
    expect(second?.attempts.map(({ status }) => status)).toEqual([500, 200]);
    expect(second?.dueAt).toBeUndefined();
    const [one, other] = receiver.requests;
    expect(one?.headers["webhook-id"]).toBe(second?._id);
    expect(other?.headers["webhook-id"]).toBe(second?._id);
    expect(other?.body).toBe(one?.body);
    expect(await find()).toMatchObject({ pending: 0, failures: 0 });
  });

  test("holds back later events of the same entry, and of no other", async () => {
    receiver.answer = (request) => ({ status: isAbout("one", request) ? 500 : 204 });
    const one = await client.makeFolder("one");
    await client.makeFolder("other");
    await world().settle();
    await client.send("PATCH", `/api/v1/folders/${one.id}`, { name: "renamed" });
    await client.makeFolder("third");
    await world().settle();

    expect(sentAbout("other")).toHaveLength(1);
    expect(sentAbout("third")).toHaveLength(1);
    expect(sentAbout("renamed")).toHaveLength(0);
    const [first, , held] = (await all()).filter(({ state }) => state === "pending");
    expect(held).toBeUndefined();
    expect(first?.subjectId).toBe(one.id);

    receiver.answer = () => ({ status: 204 });
    await passTime();

    const ofOne = receiver.requests
      .map(read)
      .filter(({ data }) => data.entry?.id === one.id)
      .map(({ type }) => type);
    expect(ofOne).toEqual(["folder.created", "folder.created", "folder.moved"]);
  });

  test("lets the later events of its entry go once it has failed for good", async () => {
    receiver.answer = (request) => ({ status: isAbout("one", request) ? 500 : 204 });
    const one = await client.makeFolder("one");
    await world().settle();
    await client.send("PATCH", `/api/v1/folders/${one.id}`, { name: "renamed" });
    await client.makeFolder("other");
    await world().settle();
    await deliveries().updateOne(
      { subjectId: one.id, tries: 1 },
      { $set: { tries: 16, firstTriedAt: new Date(Date.now() - 3 * 86_400_000) } },
    );

    await passTime();

    expect((await all()).map(({ state }) => state)).toEqual(["failed", "delivered", "delivered"]);
    // Something else was delivered meanwhile.
    expect((await find()).isEnabled).toBe(true);
  });

  test("lets the webhook rest when nothing is delivered, and a test is sent all the same", async () => {
    receiver.answer = () => ({ status: 503 });
    for (const name of ["a", "b", "c", "d", "e", "f"]) await client.makeFolder(name);
    await world().settle();

    expect(receiver.requests).toHaveLength(4);
    expect(await find()).toMatchObject({ failures: 4, restUntil: expect.any(Date), pending: 6 });

    receiver.answer = () => ({ status: 204 });
    const { _id } = await world().services.webhookDeliveries.test(id, webhook._id);
    await world().settle();

    expect(await deliveries().findOne({ _id })).toMatchObject({ state: "delivered" });
    await passTime();
    expect((await find()).pending).toBe(0);
  });
});

describe("A webhook", () => {
  test("signs with its new secret and, for a day, with the one before", async () => {
    const before = secret;
    const { secret: after } = await world().services.webhooks.rotateSecret(id, webhook._id);
    await client.makeFolder("one");
    await world().settle();
    await webhooks().updateOne(
      { _id: webhook._id },
      { $set: { "previousSecret.until": new Date() } },
    );
    await client.makeFolder("two");
    await world().settle();

    const [one, two] = receiver.requests;
    const verify = (key: string, request = one) =>
      new Verifier(key).verify(request?.body ?? "", request?.headers ?? {});
    expect(after).not.toBe(before);
    expect(verify(before)).toEqual(verify(after));
    expect(verify(after, two)).toMatchObject({ type: "folder.created" });
    expect(() => verify(before, two)).toThrow("signature");
    const stored = JSON.stringify(await webhooks().find().toArray());
    expect(stored).not.toContain(after.slice("whsec_".length));
  });

  test("keeps its events while its account is disabled", async () => {
    await client.makeFolder("one");
    // The log has the event.
    await nowOf(client);
    await world().services.accountAdministration.change(id, { isDisabled: true });
    const { dispatch, delivering } = world().jobs.webhookWork;
    const { signal } = new AbortController();
    await dispatch.run(id, signal);
    await delivering.run(webhook._id, signal);
    expect(receiver.requests).toEqual([]);
    expect((await find()).pending).toBe(1);

    await world().services.accountAdministration.change(id, { isDisabled: false });
    await world().settle();

    expect(receiver.requests).toHaveLength(1);
  });

  test("sends only what happens while it is on, and what was pending when it was switched off", async () => {
    const set = (isEnabled: boolean) =>
      world().services.webhooks.change(id, webhook._id, { isEnabled });
    receiver.answer = () => ({ status: 500 });
    await client.makeFolder("one");
    await world().settle();
    await set(false);
    await client.makeFolder("two");
    await world().settle();
    await expect(world().services.webhookDeliveries.test(id, webhook._id)).rejects.toThrow(
      "switched off",
    );

    receiver.answer = () => ({ status: 204 });
    await set(true);
    await client.makeFolder("three");
    await passTime();

    expect((await all()).map(({ event }) => event.entry?.name)).toEqual(["one", "three"]);
    expect((await all()).every(({ state }) => state === "delivered")).toBe(true);
  });

  test("is left alone by other workers while one sends", async () => {
    await client.makeFolder("one");
    await nowOf(client);
    const lease = { id: "another-worker", until: new Date(Date.now() + 60_000) };
    await webhooks().updateOne({ _id: webhook._id }, { $set: { lease } });
    const { dispatch, delivering } = world().jobs.webhookWork;
    const { signal } = new AbortController();
    await dispatch.run(id, signal);
    await delivering.run(webhook._id, signal);
    expect(receiver.requests).toEqual([]);

    // It has died.
    await webhooks().updateOne(
      { _id: webhook._id },
      { $set: { "lease.until": new Date(Date.now() - 1) } },
    );
    await world().settle();

    expect(receiver.requests).toHaveLength(1);
  });

  test("sends to its new URL as soon as that was changed", async () => {
    const other = await WebhookReceiver.start();
    const changed: Promise<unknown>[] = [];
    receiver.answer = () => {
      const url = new URL(other.url);
      changed.push(world().services.webhooks.change(id, webhook._id, { url }));
      return { status: 204 };
    };
    for (let n = 0; n < 20; n += 1) await client.makeFolder(`f${n}`);
    await world().settle();
    await Promise.all(changed);

    expect(receiver.requests.length).toBeLessThan(20);
    expect(receiver.requests.length + other.requests.length).toBe(20);
    await other.close();
  });
});
