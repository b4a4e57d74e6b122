import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Deployment } from "../support/deployment.js";
import type { EventJson } from "../support/events.js";
import { untilAnswered } from "../support/eventually.js";
import { isLong } from "../support/long.js";
import { needs } from "../support/needs.js";
import { StreamingClient } from "../support/streaming-client.js";
import { type SentBody, WebhookReceiver } from "../support/webhook-receiver.js";
import { Load } from "./load.js";

const { test } = needs("redis-server");

const KILLS = isLong ? 50 : 4;

let deployment: Deployment;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
});
afterAll(() => receiver.close());
afterEach(() => deployment.close());

/** The first arrival of each event, in the order of arrival. */
function arrivals(secret: string): SentBody["data"][] {
  const bodies = receiver.verified(secret).map(({ data }) => data);
  return [...new Map(bodies.toReversed().map((data) => [data.id, data])).values()].toReversed();
}

/** All that has happened behind a number. */
async function logOf(client: StreamingClient, since: number): Promise<EventJson[]> {
  const found: EventJson[] = [];
  for (let next = since; ;) {
    const json: unknown = await client.get(`/api/v1/changes?since=${next}&limit=1000`);
    const page = json as { items: EventJson[]; nextSince: number; hasMore: boolean };
    found.push(...page.items);
    if (!page.hasMore) return found;
    next = page.nextSince;
  }
}

test(
  `Every event arrives at a webhook, those of an entry in their order, although web, worker and Redis are killed ${KILLS} times`,
  async () => {
    deployment = await Deployment.start({
      owns: ["redis"],
      settings: { WEBHOOK_ALLOW_PRIVATE: "true" },
    });
    const client = await StreamingClient.register(deployment.url);
    const { nextSince } = await client.get("/api/v1/changes");
    const made = await client.ask({
      ...{ method: "POST", path: "/api/v1/webhooks" },
      headers: { "Content-Type": "application/json" },
      body: [Buffer.from(JSON.stringify({ url: receiver.url }))],
    });
    expect(made.status).toBe(201);
    const { secret } = made.json as unknown as { readonly secret: string };
    let count = 0;
    // Now and then the endpoint is out of order.
    receiver.answer = () => ({ status: (count += 1) % 25 === 0 ? 503 : 204 });
    const load = new Load(client, { maxBytes: 20_000 }).start(4);

    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(randomInt(50, 600));
      const part = (["worker", "web", "worker", "redis"] as const)[kill % 4] ?? "worker";
      await deployment.kill(part);
      await deployment.startPart(part);
    }
    await load.stop();
    receiver.answer = () => ({ status: 204 });
    await deployment.leftovers(isLong ? 300_000 : undefined);

    const log = await logOf(client, nextSince);
    const missing = () => {
      const known = new Set(arrivals(secret).map(({ id }) => id));
      return log.filter(({ id }) => !known.has(id));
    };
    // What failed last is tried again within half a minute.
    const isAll = () => Promise.resolve(missing().length === 0 || undefined);
    await untilAnswered(isAll, 90_000).catch(() => undefined);
    expect(missing()).toEqual([]);

    expect(log.length).toBeGreaterThan(20);
    const seqs = new Map<string, number[]>();
    for (const { entry, seq } of arrivals(secret)) {
      if (entry !== undefined) seqs.set(entry.id, [...(seqs.get(entry.id) ?? []), seq]);
    }
    for (const found of seqs.values()) expect(found).toEqual(found.toSorted((a, b) => a - b));
  },
  KILLS * 6000 + 240_000,
);
