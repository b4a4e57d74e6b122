import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Long, ObjectId } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function newCollection() {
  return world.db.collection(`c${new ObjectId().toHexString()}`);
}

describe("findAndModify", () => {
  test("gives the document before or after, in the order asked for", async () => {
    const collection = newCollection();
    await collection.insertMany([{ n: 2 }, { n: 1 }, { n: 3 }]);

    const before = await collection.findOneAndUpdate(
      {},
      { $set: { taken: 1 } },
      { sort: { n: -1 } },
    );
    const after = await collection.findOneAndUpdate(
      { taken: { $exists: false } },
      { $inc: { n: 10 } },
      { sort: { n: 1 }, returnDocument: "after", projection: { _id: 0 } },
    );

    expect(before).toMatchObject({ n: 3 });
    expect(after).toEqual({ n: 11 });
  });

  test("removes, replaces and upserts", async () => {
    const collection = newCollection();

    const none = await collection.findOneAndUpdate({ a: 1 }, { $set: { b: 1 } });
    const upserted = await collection.findOneAndUpdate(
      { a: 1 },
      { $set: { b: 1 } },
      { upsert: true, returnDocument: "after" },
    );
    const replaced = await collection.findOneAndReplace({ a: 1 }, { c: 1 });
    const removed = await collection.findOneAndDelete({ c: 1 });

    expect(none).toBeNull();
    expect(upserted).toMatchObject({ a: 1, b: 1 });
    expect(replaced).toMatchObject({ a: 1, b: 1 });
    expect(removed).toMatchObject({ c: 1 });
    expect(await collection.countDocuments()).toBe(0);
  });

  test("writes nothing when what it should answer cannot be told", async () => {
    const collection = newCollection();
    await collection.insertOne({ kind: "x", list: [1, 2] });
    const query = { $or: [{ list: 9 }, { kind: "x" }] };
    const projection = { "list.$": 1 };

    for (const attempt of [
      () => collection.findOneAndUpdate(query, { $set: { kind: "y" } }, { projection }),
      () => collection.findOneAndDelete(query, { projection }),
      () =>
        collection.findOneAndUpdate(
          { list: 9 },
          { $set: { list: [9] } },
          { projection, upsert: true, returnDocument: "after" },
        ),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 51246 });

    expect(await collection.find({}, { projection: { _id: 0 } }).toArray()).toEqual([
      { kind: "x", list: [1, 2] },
    ]);
  });

  test("gives each document to one taker only", async () => {
    const collection = newCollection();
    await collection.insertMany(Array.from({ length: 50 }, (_, n) => ({ n, state: "new" })));

    const taken = await Promise.all(
      Array.from({ length: 60 }, () =>
        collection.findOneAndUpdate({ state: "new" }, { $set: { state: "taken" } }),
      ),
    );

    const numbers = taken
      .filter((document) => document !== null)
      .map((document) => Number(document["n"]));
    expect(new Set(numbers).size).toBe(50);
    expect(numbers).toHaveLength(50);
  });
});

describe("aggregation", () => {
  test("counts, sums Longs and lists distinct values", async () => {
    const collection = newCollection();
    const big = Long.fromString("9007199254740993");
    await collection.insertMany([
      { owner: "a", bytes: big, tags: ["x", "y"] },
      { owner: "a", bytes: Long.fromNumber(2), tags: ["y"] },
      { owner: "b", bytes: Long.fromNumber(5) },
    ]);

    const sums = await collection
      .aggregate(
        [{ $group: { _id: "$owner", bytes: { $sum: "$bytes" } } }, { $sort: { _id: 1 } }],
        {
          promoteLongs: false,
        },
      )
      .toArray();

    expect(sums).toEqual([
      { _id: "a", bytes: Long.fromString("9007199254740995") },
      { _id: "b", bytes: Long.fromNumber(5) },
    ]);
    expect(await collection.countDocuments({ owner: "a" })).toBe(2);
    expect(await collection.estimatedDocumentCount()).toBe(3);
    const tags: unknown = await collection.distinct("tags");
    expect(tags).toEqual(["x", "y"]);
  });
});

describe("collections and databases", () => {
  test("are created, listed, renamed and dropped", async () => {
    const db = world.client.db("catalogue");
    await db.createCollection("first");
    await db.collection("second").insertOne({ a: 1 });

    await db.renameCollection("first", "third");
    const names = (await db.listCollections().toArray()).map(({ name }) => name);
    const databases = await world.client.db().admin().listDatabases();
    await db.dropDatabase();

    expect(names).toEqual(["second", "third"]);
    expect(databases.databases.map(({ name }) => name)).toContain("catalogue");
    expect(await db.listCollections().toArray()).toEqual([]);
  });

  test("forget their documents when they are dropped", async () => {
    const collection = newCollection();
    await collection.createIndex({ a: 1 });
    await collection.insertMany(Array.from({ length: 1000 }, (_, a) => ({ a })));

    await collection.drop();

    expect(await collection.countDocuments()).toBe(0);
    await collection.insertOne({ a: 5 });
    expect(await collection.find({ a: { $gte: 0 } }).toArray()).toHaveLength(1);
  });

  test("tell their sizes", async () => {
    const collection = newCollection();
    await collection.insertMany([{ a: 1 }, { a: 2 }]);

    const stats = await world.db.command({ collStats: collection.collectionName });

    expect(stats).toMatchObject({ count: 2, nindexes: 1, size: 2 * 29 });
  });
});
