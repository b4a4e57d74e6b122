import { describe, expect, test } from "@jest/globals";
import { busyPerson } from "../../support/busy-person.js";
import { mentionsInDb } from "../../support/mentions.js";
import { useWorld } from "../../support/use-world.js";
import { World } from "../../support/world.js";

const world = useWorld({ accountDeletionGraceMs: 0 });
const ME = "/api/v1/me";

describe("A purge", () => {
  test("that is interrupted after any number of steps goes on, and comes to the same end", async () => {
    const { id, credentials, client } = await busyPerson(world());
    await client.send("DELETE", ME, { password: credentials.password });
    const { deletion } = await world().services.accounts.find(id);

    let interruptions = 0;
    for (let steps = 0; ; steps += 1) {
      try {
        await world().jobs.accountPurge.run(String(deletion?.id), stoppedAfter(steps));
        break;
      } catch (error) {
        expect(String(error)).toMatch(/killed/);
        interruptions += 1;
      }
    }

    expect(interruptions).toBeGreaterThan(3);
    await world().settle();
    expect(await mentionsInDb(world().mongo.db, [id, credentials.username])).toEqual([]);
  });

  test("may run many times at once", async () => {
    const { id, credentials, client } = await busyPerson(world());
    await client.send("DELETE", ME, { password: credentials.password });
    const { deletion } = await world().services.accounts.find(id);
    const { signal } = new AbortController();

    await Promise.all(
      Array.from({ length: 5 }, () => world().jobs.accountPurge.run(String(deletion?.id), signal)),
    );

    await world().settle();
    expect(await mentionsInDb(world().mongo.db, [id])).toEqual([]);
  });

  test("removes more files than one batch has", async () => {
    const { id, credentials, client } = await busyPerson(world());
    for (let n = 0; n < 130; n += 1) await client.store(`file ${n}`, `${n}`);
    await client.send("DELETE", ME, { password: credentials.password });

    await world().settle();

    expect(await mentionsInDb(world().mongo.db, [id])).toEqual([]);
  });

  test("comes again for what a request under way has still written, and goes then", async () => {
    const slow = await World.start({ accountDeletionGraceMs: 0, accountPurgeDelayMs: 60_000 });
    try {
      const client = await slow.member();
      const { id } = (await client.get(ME)).json;
      const { username } = (await client.get(ME)).json;
      await client.send("DELETE", ME, { password: "seven-purple-owls" });
      const { deletion } = await slow.services.accounts.find(id);
      const run = () =>
        slow.jobs.accountPurge.run(String(deletion?.id), new AbortController().signal);
      const { db } = slow.mongo;

      await run();
      expect(await mentionsInDb(db, [username])).toEqual([]);
      expect(new Set(await mentionsInDb(db, [id]))).toEqual(new Set([`accounts: ${id}`]));
      await db.collection<{ _id: string }>("entries").insertOne({
        _id: "late",
        ownerId: id,
        kind: "folder",
      } as never);
      await run();
      expect((await slow.services.accounts.find(id)).deletion?.state).toBe("emptied");

      await db
        .collection("accounts")
        .updateOne(
          { "deletion.id": deletion?.id },
          { $set: { "deletion.emptiedAt": new Date(Date.now() - 61_000) } },
        );
      await run();
      expect(await mentionsInDb(db, [id])).toEqual([]);
    } finally {
      await slow.close();
    }
  });

  test("is queued by the sweep when its job was lost", async () => {
    const { credentials, client } = await busyPerson(world());
    await client.send("DELETE", ME, { password: credentials.password });
    const { redis, config } = world();
    const keys = await redis.keys(`${config.redisPrefix}:*`);
    if (keys.length > 0) await redis.del(keys);

    await world().jobs.sweep.run(new AbortController().signal);

    const jobs = await redis.keys(`${config.redisPrefix}:jobs:account.purge-*`);
    expect(jobs).toHaveLength(1);
  });
});

/** Is aborted when it was asked so many times. */
function stoppedAfter(steps: number): AbortSignal {
  const controller = new AbortController();
  let asked = 0;
  const { signal } = controller;
  return new Proxy(signal, {
    get(target, key) {
      if (key === "throwIfAborted") {
        return () => {
          asked += 1;
          if (asked > steps) throw new Error("killed");
        };
      }
      return Reflect.get(target, key, target) as unknown;
    },
  });
}
