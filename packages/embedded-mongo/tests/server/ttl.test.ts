import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Collection, ObjectId } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld(["--ttl-seconds", "0.05"]);
});
afterAll(() => world.close());

function newCollection(): Collection {
  return world.db.collection(`c${new ObjectId().toHexString()}`);
}

async function untilEmpty(collection: Collection): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await collection.countDocuments()) > 0)
    if (Date.now() > deadline) throw new Error("Nothing expired");
}

describe("a TTL index", () => {
  test("removes documents when they expire, and only those", async () => {
    const collection = newCollection();
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 10 }, {});
    const kept = newCollection();
    await kept.createIndex({ at: 1 }, { expireAfterSeconds: 10 }, {});
    await kept.insertMany([{ at: new Date() }, { at: 5 }, { other: true }]);

    await collection.insertMany([{ at: new Date(Date.now() - 60_000) }, { at: new Date(0) }]);
    await untilEmpty(collection);

    expect(await kept.countDocuments()).toBe(3);
  });

  test("follows collMod", async () => {
    const collection = newCollection();
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 3600 }, {});
    await collection.insertOne({ at: new Date(Date.now() - 60_000) });

    const changed = await world.db.command({
      collMod: collection.collectionName,
      index: { keyPattern: { at: 1 }, expireAfterSeconds: 1 },
    });

    expect(changed).toMatchObject({ expireAfterSeconds_old: 3600, expireAfterSeconds_new: 1 });
    await untilEmpty(collection);
  });
});
