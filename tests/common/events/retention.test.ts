import { describe, expect, test } from "@jest/globals";
import { EventLogRepository } from "../../../common/events/log-repository.js";
import { EventRetention } from "../../../common/events/retention.js";
import { RetentionRepository } from "../../../common/events/retention-repository.js";
import { changesOf, nowOf } from "../../support/events.js";
import { useWorld } from "../../support/use-world.js";
import { watchCommands } from "../../support/watch-commands.js";

const world = useWorld({ eventsRetentionIntervalMs: 3_600_000 });
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const never = new AbortController().signal;

/** Someone who has some events, and nothing else to do. */
async function withEvents(count: number) {
  const client = await world().member();
  for (let n = 0; n < count; n += 1) await client.makeFolder(`${n}`);
  await nowOf(client);
  const { id: ownerId } = (await client.get("/api/v1/me")).json;
  return { client, ownerId };
}

/** The retention of one process, at some time. */
function retentionAt(now: Date, db = world().mongo.db) {
  return new EventRetention({
    ...{ events: new EventLogRepository(db), rounds: new RetentionRepository(db), now: () => now },
    ...{ eventsRetentionDays: 30, eventsRetentionIntervalMs: HOUR_MS },
  });
}

const begin = Date.now();
const later = (ms: number) => new Date(begin + 31 * DAY_MS + ms);

describe("The retention of events", () => {
  test("does one round in an hour, whatever the number of processes", async () => {
    const { client } = await withEvents(2);

    await Promise.all([0, 1, 2].map(() => retentionAt(later(0)).sweep(never)));
    expect(await changesOf(client, 1)).toHaveLength(1);
    await client.makeFolder("c");
    await nowOf(client);
    await retentionAt(later(HOUR_MS - 1)).sweep(never);
    expect(await changesOf(client, 1)).toHaveLength(2);

    await retentionAt(later(HOUR_MS)).sweep(never);
    expect((await client.get("/api/v1/changes?since=1")).status).toBe(410);
    expect(await changesOf(client, 2)).toMatchObject([{ seq: 3 }]);
  });

  test("does not ask for an account again whose only event is old, until it has others", async () => {
    const { client, ownerId } = await withEvents(1);
    await retentionAt(later(2 * HOUR_MS)).sweep(never);
    const watched = watchCommands(world(), "find");

    await retentionAt(later(3 * HOUR_MS), watched.db).sweep(never);

    expect(watched.commands.filter(({ find }) => find === "events")).toEqual([]);
    await client.makeFolder("b");
    await nowOf(client);
    await retentionAt(later(4 * HOUR_MS), watched.db).sweep(never);
    expect(await changesOf(client, 1)).toMatchObject([{ seq: 2 }]);
    const left = world().mongo.db.collection("events").find({ ownerId });
    expect((await left.toArray()).map(({ seq }) => Number(seq))).toEqual([2]);
    await watched.close();
  });

  test("shows nobody that an event is kept", async () => {
    const { client } = await withEvents(1);
    await retentionAt(later(5 * HOUR_MS)).sweep(never);

    expect((await changesOf(client))[0]).not.toHaveProperty("isKept");
  });
});
