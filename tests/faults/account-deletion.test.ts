import { afterEach, expect, test } from "@jest/globals";
import { createLogger } from "../../common/platform/log.js";
import { closeRedis, openRedis } from "../../common/platform/redis.js";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { isLong } from "../support/long.js";
import { mentionsInDb, mentionsInRedis } from "../support/mentions.js";
import { StreamingClient } from "../support/streaming-client.js";

const FILES = isLong ? 1000 : 120;
const KILLS = isLong ? 20 : 3;

let deployment: Deployment;

afterEach(() => deployment.close());

test(
  `A deleted account whose worker is killed ${KILLS} times leaves neither its id nor its name, in no collection and not in Redis`,
  async () => {
    deployment = await Deployment.start({ settings: { ACCOUNT_DELETION_GRACE_DAYS: "0" } });
    const client = await StreamingClient.register(deployment.url);
    const neighbour = await StreamingClient.register(deployment.url);
    await neighbour.put("kept", makeContent(1000).bytes());
    const { id, username } = await client.get("/api/v1/me");
    for (let n = 0; n < FILES; n += 1) await client.put(`file ${n}`, makeContent(20_000).bytes());
    const words = [id, username];
    expect((await deployment.withDb((db) => mentionsInDb(db, words))).length).toBeGreaterThan(
      FILES,
    );

    const body = Buffer.from(JSON.stringify({ password: "seven-purple-owls" }));
    const { status } = await client.ask({
      method: "DELETE",
      path: "/api/v1/me",
      headers: { "Content-Type": "application/json", "Content-Length": String(body.length) },
      body: [body],
    });
    expect(status).toBe(202);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const most = FILES - (FILES * kill) / (KILLS + 1);
      await untilAnswered(async () => (await filesOf(id)) <= most || undefined, 60_000);
      await deployment.kill("worker");
      await deployment.startPart("worker");
    }

    await untilAnswered(async () => (await countAccounts()) === 1 || undefined, 60_000);
    await untilAnswered(async () => (await findMentions(words)).length === 0 || undefined).catch(
      () => undefined,
    );
    expect(await findMentions(words)).toEqual([]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    // BullMQ gives up a job that was killed twice; the sweep queues it again.
    const failures = deployment.failures("worker").filter((line) => !line.includes("stalled"));
    expect(failures).toEqual([]);
    expect(await neighbour.list()).toHaveLength(1);
  },
  KILLS * 10_000 + 180_000,
);

const filesOf = (ownerId: string) =>
  deployment.withDb((db) => db.collection("entries").countDocuments({ ownerId, kind: "file" }));

const countAccounts = () => deployment.withDb((db) => db.collection("accounts").countDocuments());

async function findMentions(words: readonly string[]): Promise<string[]> {
  const log = createLogger({ level: "silent", part: "test" });
  const redis = openRedis({ url: deployment.redisUrl, timeoutMs: 10_000, log });
  try {
    const { REDIS_PREFIX = "" } = deployment.settings;
    return [
      ...(await deployment.withDb((db) => mentionsInDb(db, words))),
      ...(await mentionsInRedis(redis, REDIS_PREFIX, words)),
    ];
  } finally {
    await closeRedis(redis);
  }
}
