import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Collection, type Long, MongoClient, ObjectId } from "mongodb";
import { until } from "../until.js";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function filledCollection(length: number): Promise<Collection> {
  const collection = world.db.collection(`c${new ObjectId().toHexString()}`);
  await collection.insertMany(Array.from({ length }, (_, n) => ({ n, pad: "x".repeat(50) })));
  return collection;
}

async function openCursors(): Promise<number> {
  const status = await world.db.admin().serverStatus();
  return (status["metrics"] as { cursor: { open: { total: number } } }).cursor.open.total;
}

describe("a cursor", () => {
  test("gives every document once over many batches, in the order of the index", async () => {
    const collection = await filledCollection(1000);
    await collection.createIndex({ n: -1 });

    const found = await collection.find({}, { batchSize: 7 }).sort({ n: -1 }).toArray();

    expect(found.map(({ n }) => n as number)).toEqual(
      Array.from({ length: 1000 }, (_, i) => 999 - i),
    );
  });

  test("skips, limits and ends after one batch when asked", async () => {
    const collection = await filledCollection(50);
    const numbers = async (options: object) =>
      (await collection.find({}, { sort: { n: 1 }, ...options }).toArray()).map(
        ({ n }) => n as number,
      );

    expect(await numbers({ skip: 45 })).toEqual([45, 46, 47, 48, 49]);
    expect(await numbers({ skip: 3, limit: 4, batchSize: 2 })).toEqual([3, 4, 5, 6]);
    expect(await numbers({ batchSize: 5, singleBatch: true })).toEqual([0, 1, 2, 3, 4]);
    expect(await openCursors()).toBe(0);
  });

  test("of a database's catalogue is continued and closed by the name that it was given", async () => {
    await world.db.createCollection("one");
    await world.db.createCollection("two");
    const { cursor } = await world.db.command({ listCollections: 1, cursor: { batchSize: 1 } });
    const { id, ns } = cursor as { id: Long; ns: string };
    const collection = ns.slice(ns.indexOf(".") + 1);

    const next = await world.db.command({ getMore: id, collection, batchSize: 0 });
    const left = await world.db.command({ listCollections: 1, cursor: { batchSize: 1 } });
    const { cursorsKilled } = await world.db.command({
      killCursors: collection,
      cursors: [(left["cursor"] as { id: Long }).id],
    });

    expect(collection).toBe("$cmd.listCollections");
    expect(next["ok"]).toBe(1);
    expect(cursorsKilled).toHaveLength(1);
    expect(await openCursors()).toBe(0);
  });

  test("sees documents come and go behind and before it without repeating any", async () => {
    const collection = await filledCollection(300);
    await collection.createIndex({ n: 1 });
    const cursor = collection.find({ n: { $gte: 0 } }, { batchSize: 10 }).sort({ n: 1 });
    const seen: number[] = [];

    for await (const { n } of cursor) {
      seen.push(n as number);
      if (n === 50) await collection.deleteMany({ n: { $gte: 100, $lt: 200 } });
      if (n === 60) await collection.insertMany([{ n: 10 }, { n: 250.5 }]);
    }

    const rest = [...Array(100).keys(), ...Array.from({ length: 100 }, (_, i) => 200 + i), 250.5];
    expect(seen).toEqual(rest.sort((a, b) => a - b));
  });

  test("ends with an error when its collection is dropped", async () => {
    const collection = await filledCollection(300);
    const cursor = collection.find({}, { batchSize: 10 });
    await cursor.next();

    await collection.drop();

    await expect(cursor.toArray()).rejects.toMatchObject({ code: 175 });
  });

  test("is gone after it was closed, and unknown to other sessions and namespaces", async () => {
    const collection = await filledCollection(50);
    const { cursor } = (await world.db.command({
      find: collection.collectionName,
      batchSize: 2,
    })) as { cursor: { id: bigint; ns: string } };
    const getMore = { getMore: cursor.id, collection: collection.collectionName };

    await expect(world.db.command({ ...getMore, collection: "other" })).rejects.toMatchObject({
      code: 13,
    });
    const other = await MongoClient.connect(world.url);
    await expect(other.db("world").command(getMore)).rejects.toMatchObject({ code: 50738 });
    const killed = await world.db.command({
      killCursors: collection.collectionName,
      cursors: [cursor.id],
    });

    expect(killed["cursorsKilled"]).toHaveLength(1);
    await expect(world.db.command(getMore)).rejects.toMatchObject({ code: 43 });
    await other.close();
  });

  test("is closed with its session", async () => {
    const collection = await filledCollection(50);
    const client = await MongoClient.connect(world.url);
    const session = client.startSession();
    const cursor = client
      .db("world")
      .collection(collection.collectionName)
      .find({}, { batchSize: 2, session });
    await cursor.next();
    expect(await openCursors()).toBe(1);

    await session.endSession();
    await client.close();

    // The driver says so without waiting for an answer.
    while ((await openCursors()) > 0) await nextTurn();
  });
});

describe("a long operation", () => {
  test("ends at maxTimeMS with 50", async () => {
    const collection = await filledCollection(30_000);

    const scan = collection.find({ pad: /y$/ }, { maxTimeMS: 1 }).toArray();

    await expect(scan).rejects.toMatchObject({ code: 50 });
  });

  test("lets others in between", async () => {
    const collection = await filledCollection(30_000);

    // On a busy machine a scan may be over before this process has its turn.
    await until(async () => (await pingsDuringScan(collection)) >= 5);
  });

  test("does not sort more than it may hold: 292", async () => {
    const collection = world.db.collection("large");
    for (let part = 0; part < 5; part++)
      await collection.insertMany(
        Array.from({ length: 25 }, (_, n) => ({ n, pad: Buffer.alloc(1e6) })),
      );

    await expect(collection.find().sort({ n: 1 }).toArray()).rejects.toMatchObject({ code: 292 });
    expect(await collection.find().sort({ n: 1 }).limit(3).toArray()).toHaveLength(3);
  });
});

/** How many pings are answered, one after the other, before a scan of all documents ends. */
async function pingsDuringScan(collection: Collection): Promise<number> {
  const ended: string[] = [];
  const scan = collection
    .find({ $nor: [{ pad: /x$/ }] })
    .toArray()
    .finally(() => ended.push("scan"));
  while (!ended.includes("scan")) {
    await world.db.command({ ping: 1 });
    ended.push("ping");
  }
  expect(await scan).toEqual([]);
  return ended.indexOf("scan");
}
