import { afterEach, describe, expect, test } from "@jest/globals";
import { Announcements } from "../../../common/events/announcements.js";
import { openEvents } from "../../../common/events/open.js";
import type { Id } from "../../../common/platform/ids.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();
let announcements: Announcements;

afterEach(() => announcements.close());

/** Listens as one more web process. @returns How often it was told, once it can be told. */
async function listen(ownerId: Id): Promise<() => number> {
  const { redis, config } = world();
  announcements = new Announcements({ redis, prefix: config.redisPrefix });
  const before = await countSubscribers();
  let told = 0;
  announcements.listen(ownerId, () => (told += 1));
  await eventually(countSubscribers, (count) => count === before + 1);
  return () => told;
}

async function countSubscribers(): Promise<number> {
  const { redis, config } = world();
  const [, count] = await redis.pubsub("NUMSUB", `${config.redisPrefix}:events`);
  return Number(count);
}

describe("An announcement", () => {
  test("tells other processes of events of the account, and of no other", async () => {
    const [client, neighbour] = [await world().member(), await world().member()];
    const told = await listen((await client.get("/api/v1/me")).json.id);

    await neighbour.makeFolder("a");
    await client.makeFolder("a");

    await eventually(told, (count) => count > 0);
    expect(told()).toBe(1);
  });

  test("tells of events that the worker makes", async () => {
    const client = await world().member();
    const told = await listen((await client.get("/api/v1/me")).json.id);
    await client.store("a.txt", "a");
    await eventually(told, (count) => count === 1);

    await world().settle();

    await eventually(told, (count) => count > 1);
  });

  test("comes once for each run of a relay, whatever the number of events, and not where there are none", async () => {
    const client = await world().member();
    const { id: ownerId } = (await client.get("/api/v1/me")).json;
    const { mongo, logs, services } = world();
    const events = Array.from({ length: 250 }, (_, n) => ({
      id: `${ownerId}${n}`,
      at: new Date(),
    }));
    await services.eventRelay.run(ownerId);
    const docs = events.map((event) => ({
      ...{ _id: event.id as unknown as never, ownerId, parentId: "x", nameKey: event.id },
      outbox: [{ ...event, type: "folder.created", actor: null, door: "worker", requestId: null }],
    }));
    await mongo.db.collection("entries").insertMany(docs);
    const told: Id[] = [];
    const { eventRelay } = openEvents({
      ...{ db: mongo.db, log: logs.log, now: mongo.now },
      quotaWatch: { check: () => Promise.resolve(false) },
      listeners: [(id) => told.push(id)],
    });

    await eventRelay.run(ownerId);
    await eventRelay.run(ownerId);

    expect(told).toEqual([ownerId]);
    expect(await services.changeLog.now(ownerId)).toBe(250);
    await mongo.db.collection("entries").deleteMany({ ownerId, parentId: "x" });
  });
});
