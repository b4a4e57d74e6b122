import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Collection, Long, ObjectId } from "mongodb";
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

describe("a query", () => {
  test("looks at no more than what its equality prefix and range name", async () => {
    const collection = newCollection();
    await collection.createIndex({ owner: 1, name: 1, _id: 1 });
    const rows = Array.from({ length: 300 }, (_, n) => ({ owner: n % 3, name: `n${n % 50}` }));
    await collection.insertMany(rows);

    const range = await explain(collection, { owner: 1, name: { $gte: "n4" } }, { limit: 5 });
    const point = await explain(collection, { owner: 1, name: "n7" });

    expect(range).toEqual({
      plan: "LIMIT FETCH owner_1_name_1__id_1",
      totalKeysExamined: 5,
      totalDocsExamined: 5,
      nReturned: 5,
    });
    expect(point).toMatchObject({ totalKeysExamined: 2, totalDocsExamined: 2, nReturned: 2 });
  });

  test("takes its order from the index, in both directions and behind equal fields", async () => {
    const collection = newCollection();
    await collection.createIndex({ a: 1, b: -1 });
    await collection.insertMany([
      { a: 1, b: 1 },
      { a: 1, b: 3 },
      { a: 1, b: 2 },
    ]);

    const falling = await explain(collection, { a: 1 }, { sort: { b: -1 } });
    const rising = await explain(collection, { a: 1 }, { sort: { a: 1, b: 1 } });
    const foreign = await explain(collection, { a: 1 }, { sort: { c: 1 } });
    const found = await collection.find({ a: 1 }).sort({ b: 1 }).toArray();

    expect(falling.plan).toBe("FETCH a_1_b_-1");
    expect(rising.plan).toBe("FETCH a_1_b_-1");
    expect(foreign.plan).toBe("SORT FETCH a_1_b_-1");
    expect(found.map(({ b }) => b as number)).toEqual([1, 2, 3]);
  });

  test("with $in reads each of its points", async () => {
    const collection = newCollection();
    await collection.createIndex({ a: 1 });
    await collection.insertMany(Array.from({ length: 100 }, (_, a) => ({ a })));

    const found = await explain(collection, { a: { $in: [3, 1, 99, 500] } });

    expect(found).toMatchObject({ plan: "FETCH a_1", totalKeysExamined: 3, nReturned: 3 });
  });

  test("follows a hint, and is refused with one that does not exist", async () => {
    const collection = newCollection();
    await collection.createIndexes([{ key: { a: 1 } }, { key: { b: 1 }, name: "by b" }]);
    await collection.insertOne({ a: 1, b: 1 });

    expect(await explain(collection, { a: 1 }, { hint: "by b" })).toMatchObject({
      plan: "FETCH by b",
    });
    expect(await explain(collection, { a: 1 }, { hint: { $natural: -1 } })).toMatchObject({
      plan: "COLLSCAN",
    });
    await expect(collection.find({ a: 1 }, { hint: "none" }).toArray()).rejects.toMatchObject({
      code: 2,
    });
  });

  test("compares Longs exactly beyond 2^53", async () => {
    const collection = newCollection();
    await collection.createIndex({ n: 1 }, { unique: true }, {});
    const values = ["9007199254740992", "9007199254740993", "9223372036854775807"];
    await collection.insertMany(values.map((value) => ({ n: Long.fromString(value) })));

    const found = await collection.countDocuments({
      n: { $gt: Long.fromString("9007199254740992") },
    });

    expect(found).toBe(2);
  });
});
