import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Collection, type Document, ObjectId } from "mongodb";
import { explain } from "./explain.js";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function newCollection(): Collection {
  return world.db.collection(`c${new ObjectId().toHexString()}`);
}

describe("a unique index", () => {
  test("that is partial holds only where its filter is true", async () => {
    const collection = newCollection();
    await collection.createIndex(
      { owner: 1, name: 1 },
      { unique: true, partialFilterExpression: { isTrashed: false } },
      {},
    );
    await collection.insertMany([
      { owner: 1, name: "a", isTrashed: true },
      { owner: 1, name: "a", isTrashed: true },
      { owner: 1, name: "a", isTrashed: false },
    ]);

    const second = collection.insertOne({ owner: 1, name: "a", isTrashed: false });
    await expect(second).rejects.toMatchObject({ code: 11000 });
    const restored = collection.updateOne({ isTrashed: true }, { $set: { isTrashed: false } });
    await expect(restored).rejects.toMatchObject({ code: 11000 });

    const filter = { owner: 1, name: "a", isTrashed: false };
    expect(await explain(collection, filter)).toMatchObject({
      plan: "FETCH owner_1_name_1",
      nReturned: 1,
    });
    expect(await explain(collection, { owner: 1, name: "a" })).toMatchObject({ plan: "COLLSCAN" });
  });

  test("finds a list of keys one by one, even where another index knows a field better", async () => {
    const collection = newCollection();
    await collection.createIndex({ owner: 1, name: 1 });
    await collection.createIndex({ files_id: 1, n: -1 }, { unique: true }, {});
    await collection.insertMany(
      Array.from({ length: 300 }, (_, n) => ({
        _id: n as never,
        owner: 1,
        name: n,
        files_id: n % 100,
        n,
      })),
    );

    expect(await explain(collection, { _id: { $in: [5, 7, 900] }, owner: 1 })).toMatchObject({
      plan: "FETCH _id_",
      totalKeysExamined: 2,
      nReturned: 2,
    });
    const chunks = { files_id: { $in: [1, 2, 3] }, n: { $in: [101, 3, 7] }, owner: { $gt: 0 } };
    expect(await explain(collection, chunks)).toMatchObject({
      plan: "FETCH files_id_1_n_-1",
      totalKeysExamined: 2,
      nReturned: 2,
    });
    const ids = Array.from({ length: 150 }, (_, n) => 2 * n);
    const found = await collection
      .find({ _id: { $in: ids as never[] } }, { batchSize: 7 })
      .toArray();
    expect(found.map(({ _id }) => _id as unknown)).toEqual(ids);
  });

  test("takes missing fields for equal, unless it is sparse", async () => {
    const [full, sparse] = [newCollection(), newCollection()];
    await full.createIndex({ a: 1 }, { unique: true }, {});
    await sparse.createIndex({ a: 1 }, { unique: true, sparse: true }, {});
    await sparse.insertMany([{ b: 1 }, { b: 2 }]);

    await full.insertOne({ b: 1 });

    await expect(full.insertOne({ b: 2 })).rejects.toMatchObject({ code: 11000 });
    expect(await explain(sparse, { a: null })).toMatchObject({ plan: "COLLSCAN", nReturned: 2 });
  });

  test("compares keys of any length, and arrays by their elements", async () => {
    const collection = newCollection();
    await collection.createIndex({ a: 1 }, { unique: true }, {});
    const long = "x".repeat(5000);

    await collection.insertMany([{ a: `${long}1` }, { a: `${long}2` }, { a: [1, 2] }]);

    await expect(collection.insertOne({ a: `${long}1` })).rejects.toMatchObject({ code: 11000 });
    await expect(collection.insertOne({ a: [7, 2] })).rejects.toMatchObject({ code: 11000 });
    expect(await collection.find({ a: `${long}2` }).toArray()).toHaveLength(1);
  });

  test("cannot be made over documents that break it, and is then not there", async () => {
    const collection = newCollection();
    await collection.insertMany([{ a: 1 }, { a: 2 }, { a: 1 }]);

    const made = collection.createIndex({ a: 1 }, { unique: true }, {});

    await expect(made).rejects.toMatchObject({ code: 11000 });
    expect(await collection.indexes()).toHaveLength(1);
    await collection.insertOne({ a: 2 });
  });
});

describe("an index", () => {
  test("of many documents is built while they change, and holds them all", async () => {
    const collection = newCollection();
    await collection.insertMany(
      Array.from({ length: 8000 }, (_, n) => ({ n, pad: "x".repeat(100) })),
    );

    const built = collection.createIndex({ n: 1 });
    const changes = Array.from({ length: 40 }, (_, i) => [
      collection.insertOne({ n: 100_000 + i }),
      collection.updateOne({ _id: { $exists: true }, n: i }, { $set: { n: 200_000 + i } }),
      collection.deleteOne({ n: 7000 + i }),
    ]);
    await Promise.all([built, ...changes.flat()]);

    const byIndex = await collection.find({ n: { $gte: 0 } }, { hint: { n: 1 } }).toArray();
    const byScan = await collection.find({}, { hint: { $natural: 1 } }).toArray();
    const sorted = (rows: Document[]) => rows.map(({ n }) => n as number).sort((a, b) => a - b);
    expect(sorted(byIndex)).toEqual(sorted(byScan));
    expect(byIndex).toHaveLength(8000);
  });

  test("over arrays finds a document once", async () => {
    const collection = newCollection();
    await collection.createIndex({ tags: 1 });
    await collection.insertMany([{ tags: ["a", "b", "c"] }, { tags: "b" }, { tags: [] }]);

    expect(await collection.find({ tags: { $gte: "a" } }).toArray()).toHaveLength(2);
    expect(await collection.find({ tags: { $in: ["a", "c"] } }).toArray()).toHaveLength(1);
    expect(await explain(collection, { tags: "b" })).toMatchObject({ nReturned: 2 });
  });

  test("is listed as it was made, made once, and dropped by name, pattern or star", async () => {
    const collection = newCollection();
    const options = { unique: true, partialFilterExpression: { c: { $gt: 5 } } };
    await collection.createIndex({ a: 1, b: -1 }, options, {});
    await collection.createIndex({ a: 1, b: -1 }, options, {});
    await collection.createIndex({ d: 1 }, { expireAfterSeconds: 3600 }, {});

    const listed = await collection.listIndexes().toArray();
    expect(listed).toEqual([
      { v: 2, key: { _id: 1 }, name: "_id_" },
      { v: 2, key: { a: 1, b: -1 }, name: "a_1_b_-1", ...options },
      { v: 2, key: { d: 1 }, name: "d_1", expireAfterSeconds: 3600 },
    ]);
    await collection.dropIndex("a_1_b_-1");
    await expect(collection.dropIndex("a_1_b_-1")).rejects.toMatchObject({ code: 27 });
    await expect(collection.dropIndex("_id_")).rejects.toMatchObject({ code: 72 });
    await collection.dropIndexes();
    expect(await collection.indexes()).toHaveLength(1);
  });

  test("with the same name or the same keys as another one is refused", async () => {
    const collection = newCollection();
    await collection.createIndex({ a: 1 });

    const sameName = collection.createIndex({ b: 1 }, { name: "a_1" }, {});
    const sameKeys = collection.createIndex({ a: 1 }, { name: "other" }, {});
    const otherOptions = collection.createIndex({ a: 1 }, { expireAfterSeconds: 5 }, {});

    await expect(sameName).rejects.toMatchObject({ code: 86 });
    await expect(sameKeys).rejects.toMatchObject({ code: 85 });
    await expect(otherOptions).rejects.toMatchObject({ code: 85 });
  });
});
