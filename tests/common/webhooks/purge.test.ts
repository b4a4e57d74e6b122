import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { DeliveryDoc, WebhookDoc, WebhookOwner } from "../../../common/webhooks/webhook.js";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";
import { WebhookReceiver } from "../../support/webhook-receiver.js";

const world = useWorld({ webhookAllowPrivate: true, accountDeletionGraceMs: 0 });

let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
});
afterAll(() => receiver.close());

const listen = async (owner: WebhookOwner) => {
  const terms = { url: new URL(receiver.url), label: null, folderId: null, events: null };
  return (await world().services.webhooks.create(owner, terms)).webhook._id;
};

const deliveries = () => world().mongo.db.collection<DeliveryDoc>("webhookDeliveries");

describe("A deleted account", () => {
  test("leaves nothing in webhooks: neither in its own, nor in those of others", async () => {
    const [leaving, neighbour] = [await world().member(), await world().member()];
    const { id } = (await leaving.get("/api/v1/me")).json;
    const { id: neighbourId } = (await neighbour.get("/api/v1/me")).json;
    await listen(id);
    const installation = await listen(null);
    const webhookOfNeighbour = await listen(neighbourId);
    await leaving.store("a.txt", "some text");
    await neighbour.store("b.txt", "some text");
    await world().settle();
    const { db } = world().mongo;
    const mentions = (await mentionsInDb(db, [id])).map((mention) => mention.split(":")[0]);
    expect(mentions).toEqual(
      expect.arrayContaining(["webhooks", "webhookCursors", "webhookDeliveries"]),
    );
    await deliveries().updateOne(
      { webhookId: webhookOfNeighbour },
      { $set: { "event.actor": { id, kind: "account", credential: null } } },
    );

    await leaving.send("DELETE", "/api/v1/me", { password: "seven-purple-owls" });
    await world().settle();

    expect(await mentionsInDb(db, [id])).toEqual([]);
    expect(await deliveries().countDocuments({ webhookId: webhookOfNeighbour })).toBeGreaterThan(1);
    expect(await deliveries().countDocuments({ webhookId: installation })).toBeGreaterThan(1);
    await world().services.webhooks.remove(null, installation);
  });
});

describe("A deleted webhook", () => {
  test("is gone for good once no dispatch can still write for it", async () => {
    const client = await world().member();
    const { id } = (await client.get("/api/v1/me")).json;
    const webhookId = await listen(id);
    await client.store("a.txt", "some text");
    await world().settle();
    await world().services.webhooks.remove(id, webhookId);
    const webhooks = world().mongo.db.collection<WebhookDoc>("webhooks");
    await world().sweep();
    expect(await webhooks.countDocuments({ _id: webhookId })).toBe(1);

    const removedAt = new Date(Date.now() - 60 * 60_000);
    await webhooks.updateOne({ _id: webhookId }, { $set: { removedAt } });
    await world().sweep();

    expect(await mentionsInDb(world().mongo.db, [webhookId])).toEqual([]);
  });
});
