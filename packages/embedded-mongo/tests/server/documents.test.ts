import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Binary, Decimal128, Double, Int32, Long, MongoServerError, ObjectId } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function newCollection() {
  return world.db.collection(`c${new ObjectId().toHexString()}`);
}

describe("documents", () => {
  test("come back byte for byte, with every type and in the order of their fields", async () => {
    const collection = newCollection();
    const document = {
      _id: new ObjectId(),
      z: new Double(3),
      long: Long.fromString("9007199254740993"),
      int: new Int32(5),
      decimal: Decimal128.fromString("1.10"),
      binary: new Binary(Buffer.from([0, 255, 254]), 128),
      date: new Date(1_700_000_000_123),
      nested: { 1: "b", a: [null, { x: true }] },
      text: "NUL \0 and \u{1F600}",
    };

    await collection.insertOne(document);

    const found = await collection.findOne({}, { promoteValues: false });
    expect(found).toEqual({
      ...document,
      nested: { 1: "b", a: [null, { x: true }] },
    });
    expect(Object.keys(found ?? {})).toEqual(Object.keys(document));
  });

  test("get an _id from the server when they have none, and have it first", async () => {
    const collection = newCollection();

    await world.db.command({
      insert: collection.collectionName,
      documents: [{ a: 1 }, { a: 2, _id: "own" }],
    });

    const [first, second] = await collection.find().toArray();
    expect(first?._id).toBeInstanceOf(ObjectId);
    expect(Object.keys(second ?? {})).toEqual(["_id", "a"]);
  });

  test("of 16 MiB are stored; larger ones are refused with 10334", async () => {
    const collection = newCollection();
    const data = Buffer.alloc(16 * 1024 * 1024 - 100);

    await collection.insertOne({ data });
    const tooLarge = collection.insertOne({ data: Buffer.alloc(16 * 1024 * 1024) });

    await expect(tooLarge).rejects.toThrow(/larger|too large/);
    expect((await collection.findOne())?.["data"]).toBeInstanceOf(Binary);
  });
});

describe("writes", () => {
  test("in a bulk report each failure by its position, and stop at the first when ordered", async () => {
    const collection = newCollection();
    const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];

    const ordered = collection.insertMany(documents as never[]).catch((error: unknown) => error);
    expect(await ordered).toMatchObject({ code: 11000, insertedCount: 1 });
    const unordered = await collection
      .insertMany([...documents, { _id: 3 }] as never[], { ordered: false })
      .catch((error: unknown) => error);

    expect(unordered).toMatchObject({ insertedCount: 2 });
    expect(
      (unordered as { writeErrors: { index: number }[] }).writeErrors.map((e) => e.index),
    ).toEqual([0, 1]);
    expect(await collection.countDocuments()).toBe(3);
  });

  test("that would break a unique index name its keys", async () => {
    const collection = newCollection();
    await collection.createIndex({ a: 1, b: -1 }, { unique: true }, {});
    await collection.insertOne({ a: 1, b: 2 });

    const refused = await collection.insertOne({ a: 1, b: 2 }).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(MongoServerError);
    expect(refused).toMatchObject({
      code: 11000,
      keyPattern: { a: 1, b: -1 },
      keyValue: { a: 1, b: 2 },
    });
    expect((refused as Error).message).toMatch(/^E11000 duplicate key error collection: world\./);
  });

  test("update the matched array element, and report what was matched and changed", async () => {
    const collection = newCollection();
    await collection.insertOne({
      list: [
        { id: "x", n: Long.fromNumber(1) },
        { id: "y", n: 5 },
      ],
    });

    const changed = await collection.updateOne(
      { "list.id": "y", list: { $elemMatch: { id: "y", n: { $lt: 9 } } } },
      { $inc: { "list.$.n": 2 }, $set: { seen: true } },
    );
    const same = await collection.updateOne({}, { $set: { seen: true } });

    expect(changed).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(same).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    expect(await collection.findOne()).toMatchObject({ list: [{ n: 1 }, { n: 7 }] });
  });

  test("upsert once, with what the filter says and $setOnInsert", async () => {
    const collection = newCollection();
    const upsert = () =>
      collection.updateOne(
        { key: "k" },
        { $inc: { n: 1 }, $setOnInsert: { created: true } },
        { upsert: true },
      );

    const [first, second] = [await upsert(), await upsert()];

    expect(first).toMatchObject({ upsertedCount: 1, matchedCount: 0 });
    expect(second).toMatchObject({ upsertedCount: 0, modifiedCount: 1 });
    expect(await collection.findOne()).toMatchObject({ key: "k", n: 2, created: true });
  });

  test("of many clients to one document are all counted", async () => {
    const collection = newCollection();
    await collection.insertOne({ n: Long.fromNumber(0) });

    await Promise.all(
      Array.from({ length: 200 }, () => collection.updateOne({}, { $inc: { n: 1 } })),
    );

    expect(await collection.findOne()).toMatchObject({ n: 200 });
  });

  test("to all documents change each once, even when they move ahead in the index", async () => {
    const collection = newCollection();
    await collection.createIndex({ n: 1 });
    await collection.insertMany(Array.from({ length: 1500 }, (_, n) => ({ n })));

    const { modifiedCount } = await collection.updateMany(
      { n: { $gte: 0 } },
      { $inc: { n: 10_000 } },
    );

    expect(modifiedCount).toBe(1500);
    expect(await collection.countDocuments({ n: { $gte: 20_000 } })).toBe(0);
  });

  test("delete one or all, and are not acknowledged with w: 0", async () => {
    const collection = newCollection();
    await collection.insertMany([{ a: 1 }, { a: 1 }, { a: 2 }, { a: 3 }]);

    expect(await collection.deleteOne({ a: 1 })).toMatchObject({ deletedCount: 1 });
    expect(await collection.deleteMany({ a: { $lte: 2 } })).toMatchObject({ deletedCount: 2 });
    const unacknowledged = await collection.insertOne({ a: 4 }, { writeConcern: { w: 0 } });

    expect(unacknowledged.acknowledged).toBe(false);
  });
});
