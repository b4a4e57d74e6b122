import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { DeliveryDoc, WebhookDoc } from "../../../common/webhooks/webhook.js";
import { changesOf, nowOf } from "../../support/events.js";
import { MortalProcess } from "../../support/mortal-process.js";
import { useWorld } from "../../support/use-world.js";
import { WebhookReceiver } from "../../support/webhook-receiver.js";

const world = useWorld({ webhookAllowPrivate: true });

const FOLDERS = ["a", "b"];
/** To dispatch and to deliver some events, and one more. */
const MOST_COMMANDS = 60;

let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
});
afterAll(() => receiver.close());

interface About {
  readonly ownerId: string;
  readonly webhookId: string;
}

/** Dispatches and delivers in a process that dies after so many commands. @returns Whether it came to its end. */
async function sendAndDie({ ownerId, webhookId }: About, diesAfter: number): Promise<boolean> {
  const { signal } = new AbortController();
  const process = await MortalProcess.start(world(), diesAfter);
  const { dispatch, delivering } = process.product.webhookWork;
  let isOver = false;
  await process.run(async () => {
    await dispatch.run(ownerId, signal);
    await delivering.run(webhookId, signal);
    isOver = true;
  });
  return isOver;
}

describe("A worker that dies after any command", () => {
  test("loses no event of a webhook, and no delivery", async () => {
    const client = await world().member();
    const { id: ownerId } = (await client.get("/api/v1/me")).json;
    const since = await nowOf(client);
    const url = new URL(receiver.url);
    const terms = { url, label: null, folderId: null, events: null };
    const { webhook, secret } = await world().services.webhooks.create(ownerId, terms);
    const { _id: webhookId } = webhook;
    const webhooks = world().mongo.db.collection<WebhookDoc>("webhooks");

    let isOver = false;
    for (let diesAfter = 0; !isOver && diesAfter < MOST_COMMANDS; diesAfter += 1) {
      await Promise.all(FOLDERS.map((name) => client.makeFolder(`${diesAfter}-${name}`)));
      isOver = await sendAndDie({ ownerId, webhookId }, diesAfter);
      // The lease of the dead one is over.
      await webhooks.updateOne({ _id: webhookId }, { $set: { lease: null } });
      await world().settle();
    }
    expect(isOver).toBe(true);

    const log = await changesOf(client, since);
    const arrived = receiver.verified(secret).map(({ data }) => data.seq);
    expect(log.length).toBeGreaterThan(10);
    expect(new Set(arrived)).toEqual(new Set(log.map(({ seq }) => seq)));
    const deliveries = world().mongo.db.collection<DeliveryDoc>("webhookDeliveries");
    expect(await deliveries.countDocuments({ state: "delivered" })).toBe(log.length);
  }, 180_000);
});
