import { beforeEach, describe, expect, test } from "@jest/globals";
import type { DeliveryDoc, WebhookDoc, WebhookOwner } from "../../../common/webhooks/webhook.js";
import type { Client } from "../../support/client.js";
import { nowOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";
import type { SentBody, WebhookReceiver } from "../../support/webhook-receiver.js";
import { useListening } from "./listening.js";

const world = useWorld({ webhookAllowPrivate: true });
const listening = useListening(world);

let receiver: WebhookReceiver;
let client: Client;
let id: string;

beforeEach(() => {
  ({ receiver, client, id } = listening());
});

const listen = async (owner: WebhookOwner) => {
  const terms = { label: null, folderId: null, events: ["folder.created" as const] };
  return (await world().services.webhooks.create(owner, { url: new URL(receiver.url), ...terms }))
    .webhook._id;
};

const names = () =>
  receiver.requests.map(({ body }) => (JSON.parse(body) as SentBody).data.entry?.name);

const ids = () =>
  receiver.requests.map(({ body }) => (JSON.parse(body) as SentBody).data.entry?.id);

const deliveries = () => world().mongo.db.collection<DeliveryDoc>("webhookDeliveries");

describe("Events are sent again", () => {
  test("one by one, with the tries before", async () => {
    const webhookId = await listen(id);
    await client.makeFolder("one");
    await client.makeFolder("two");
    await world().settle();
    const { webhookDeliveries } = world().services;
    const { items } = await webhookDeliveries.list(id, webhookId, { limit: 10 });
    const delivery = items.find(({ event }) => event.entry?.name === "one");

    const again = await webhookDeliveries.replay(id, webhookId, delivery?._id ?? "");
    expect(again).toMatchObject({ state: "pending", attempts: [{ status: 204 }] });
    await world().settle();

    expect(names()).toEqual(["one", "two", "one"]);
    expect(await webhookDeliveries.find(id, webhookId, again._id)).toMatchObject({
      ...{ state: "delivered", attempts: [{ status: 204 }, { status: 204 }] },
    });
    await expect(webhookDeliveries.replay(id, webhookId, id)).rejects.toThrow("no such delivery");
    await expect(webhookDeliveries.find(null, webhookId, again._id)).rejects.toThrow(
      "no such webhook",
    );
  });

  test("that have failed", async () => {
    const webhookId = await listen(id);
    await client.makeFolder("one");
    await client.makeFolder("two");
    await world().settle();
    await deliveries().updateOne(
      { webhookId, "event.entry.name": "two" },
      { $set: { state: "failed" } },
    );

    await world().services.webhookDeliveries.replayMany(id, webhookId, { state: "failed" });
    await world().settle();

    expect(names()).toEqual(["one", "two", "two"]);
  });

  test("that the log has behind a number, also those from before the webhook was made", async () => {
    await client.makeFolder("one");
    const since = await nowOf(client);
    await client.makeFolder("two");
    const webhookId = await listen(id);
    await client.makeFolder("three");
    await world().settle();
    expect(names()).toEqual(["three"]);

    await world().services.webhookDeliveries.replayMany(id, webhookId, { since });
    await world().settle();

    expect(names().toSorted()).toEqual(["three", "three", "two"]);
  });

  test("in steps, which another worker continues", async () => {
    const since = await nowOf(client);
    for (let n = 0; n < 230; n += 1) await client.makeFolder(`f${n}`);
    const webhookId = await listen(id);
    const asked = await world().services.webhookDeliveries.replayMany(id, webhookId, { since });
    expect(asked.replay).toMatchObject({ ownerId: id, nextSeq: since + 1 });
    // As a worker leaves it that ends after its first step.
    await world()
      .mongo.db.collection<WebhookDoc>("webhooks")
      .updateOne({ _id: webhookId }, { $set: { "replay.nextSeq": since + 101 } });
    await world().settle();

    expect(new Set(names()).size).toBe(130);
    expect((await world().services.webhooks.find(id, webhookId)).replay).toBeNull();
  });

  test("of all accounts, from an instant on, for the installation", async () => {
    const other = await world().member();
    const before = await client.makeFolder("before");
    await world().settle();
    const from = new Date();
    const [one, two] = [await client.makeFolder("one"), await other.makeFolder("two")];
    const webhookId = await listen(null);
    await world()
      .mongo.db.collection<WebhookDoc>("webhooks")
      .updateOne({ _id: webhookId }, { $set: { "start.at": new Date(Date.now() + 60_000) } });
    await world().settle();
    expect(ids()).toEqual([]);

    await world().services.webhookDeliveries.replayMany(null, webhookId, { from });
    await world().settle();

    expect(ids().toSorted()).toEqual([one.id, two.id].toSorted());
    expect(ids()).not.toContain(before.id);
    await world().services.webhooks.remove(null, webhookId);
  });
});

describe("The log of deliveries", () => {
  test("keeps the latest 1,000 that have ended, and all that wait", async () => {
    const webhookId = await listen(id);
    receiver.answer = () => ({ status: 500 });
    await client.makeFolder("waiting");
    await world().settle();
    const [sample] = await deliveries().find({ webhookId }).toArray();
    if (sample === undefined) throw new Error("There is no delivery");
    const { dueAt, ...ended } = sample;
    expect(dueAt).toBeDefined();
    await deliveries().insertMany(
      Array.from({ length: 1100 }, (_, n) => ({
        ...ended,
        ...{ _id: `d${n}`, state: "delivered" as const },
        createdAt: new Date(n * 1000),
        expiresAt: new Date(Date.now() + 86_400_000),
      })),
    );

    await world().sweep();

    expect(await deliveries().countDocuments({ webhookId, state: "delivered" })).toBe(1000);
    expect(await deliveries().countDocuments({ _id: { $in: ["d99", "d100"] } })).toBe(1);
    expect(await deliveries().countDocuments({ webhookId, state: "pending" })).toBe(1);
  });
});

describe("The webhooks of an account", () => {
  test("are 20 at most, also when many are made at once", async () => {
    const made = await Promise.allSettled(Array.from({ length: 25 }, () => listen(id)));

    const refused = made.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(5);
    const { items } = await world().services.webhooks.list(id, { limit: 100 });
    expect(items.length).toBe(25 - refused.length);
    await expect(async () => {
      for (let n = 0; n < 21; n += 1) await listen(id);
    }).rejects.toThrow("at most 20");
  });
});
