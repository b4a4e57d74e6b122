import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Collection, MongoClient } from "mongodb";
import { startWorld, type World } from "./running-server.js";

const DOCUMENTS = 15_000;
/** The first may have come before the operation; the second cannot have. */
const PINGS = 2;

let world: World;
let other: MongoClient;
beforeAll(async () => {
  world = await startWorld();
  other = await MongoClient.connect(world.url);
});
afterAll(async () => {
  await other.close();
  await world.close();
});

const manyNumbers = Array.from({ length: 200_000 }, (_, index) => -index - 1);

/** As many conditions as no index helps with; asked of one document, since each looks at all of them. */
const manyRanges = manyNumbers.slice(0, 20_000).map((n) => ({ text: { $gt: n } }));

async function fill(collection: Collection): Promise<void> {
  const documents = Array.from({ length: DOCUMENTS }, (_, index) => ({
    n: (index * 7919) % DOCUMENTS,
    text: `text ${index}`,
    list: [index, index + 1, index + 2],
  }));
  await collection.insertMany(documents);
}

describe("while one client", () => {
  test.each<[title: string, operate: (collection: Collection) => Promise<unknown>]>([
    ["sorts", (all) => all.find().sort({ n: 1 }).toArray()],
    [
      "sorts in a pipeline",
      (all) => all.aggregate([{ $set: { m: 1 } }, { $sort: { n: 1 } }]).toArray(),
    ],
    [
      "groups",
      (all) => all.aggregate([{ $group: { _id: "$n", texts: { $push: "$text" } } }]).toArray(),
    ],
    ["unwinds", (all) => all.aggregate([{ $unwind: "$list" }, { $match: { list: -1 } }]).toArray()],
    [
      "counts in a pipeline",
      (all) => all.aggregate([{ $match: { text: /t/ } }, { $count: "n" }]).toArray(),
    ],
    ["asks for one of many values", (all) => all.find({ n: { $in: manyNumbers } }).toArray()],
    [
      "asks for one of many branches",
      (all) => all.find({ $or: manyNumbers.slice(0, 20_000).map((n) => ({ n })) }).toArray(),
    ],
    ["asks for one of many ranges", (all) => all.find({ n: 0, $or: manyRanges }).toArray()],
    [
      "counts with many ranges",
      (all) => all.aggregate([{ $match: { n: 0, $or: manyRanges } }, { $count: "n" }]).toArray(),
    ],
    ["deletes by many ranges", (all) => all.deleteMany({ n: 0, $or: manyRanges })],
    [
      "updates by many ranges",
      (all) => all.updateMany({ n: 0, $or: manyRanges }, { $set: { m: 1 } }),
    ],
    ["asks for different values", (all) => all.distinct("text")],
    ["builds an index", (all) => all.createIndex({ text: 1 })],
    ["updates many documents", (all) => all.updateMany({}, { $inc: { n: 1 } })],
    ["deletes many documents", (all) => all.deleteMany({})],
  ])("%s, others are answered", async (title, operate) => {
    const collection = world.db.collection(title);
    await fill(collection);
    const ended: string[] = [];

    const operation = operate(collection).finally(() => ended.push("operation"));
    for (let count = 0; count < PINGS; count++) {
      await other.db().command({ ping: 1 });
      ended.push("ping");
    }
    await operation;

    expect(ended.indexOf("operation")).toBe(PINGS);
    await collection.drop();
  });
});

describe("maxTimeMS ends with 50", () => {
  test.each<[title: string, operate: (collection: Collection) => Promise<unknown>]>([
    ["a sort", (all) => all.find().sort({ n: 1 }).maxTimeMS(5).toArray()],
    ["a group", (all) => all.aggregate([{ $group: { _id: "$n" } }], { maxTimeMS: 5 }).toArray()],
    [
      "a long list of values",
      (all) =>
        all
          .find({ n: { $in: manyNumbers } })
          .maxTimeMS(5)
          .toArray(),
    ],
    ["a look for different values", (all) => all.distinct("text", {}, { maxTimeMS: 5 })],
    ["the build of an index", (all) => all.createIndex({ text: 1 }, {}, { maxTimeMS: 5 })],
    [
      "an update of many documents",
      (all) => all.updateMany({}, { $inc: { n: 1 } }, { maxTimeMS: 5 }),
    ],
  ])("%s", async (title, operate) => {
    const collection = world.db.collection(title);
    await fill(collection);

    await expect(operate(collection)).rejects.toMatchObject({ code: 50 });

    expect(await collection.listIndexes().toArray()).toHaveLength(1);
    await collection.drop();
  });
});
