import { type Call, START } from "./call.js";

/** Inserting, updating, replacing, deleting, one by one and in bulk (CRUD specification). */
export const WRITES: readonly Call[] = [
  {
    call: "insertMany, ordered, stops at a duplicate key",
    run: (c) => c.insertMany([{ _id: 4 }, { _id: 1 }, { _id: 5 }]),
    gives: { code: 11000, insertedCount: 1, writeErrors: [{ index: 1 }] },
    leaves: [...START, { _id: 4 }],
  },
  {
    call: "insertMany, unordered, goes on after one",
    run: (c) => c.insertMany([{ _id: 1 }, { _id: 4 }, { _id: 2 }], { ordered: false }),
    gives: { code: 11000, insertedCount: 1, writeErrors: [{ index: 0 }, { index: 2 }] },
    leaves: [...START, { _id: 4 }],
  },
  {
    call: "bulkWrite mixes all kinds in their order",
    run: (c) =>
      c.bulkWrite([
        { insertOne: { document: { _id: 4, x: 44 } } },
        { updateOne: { filter: { _id: 1 }, update: { $inc: { x: 1 } } } },
        { updateMany: { filter: { x: { $gt: 30 } }, update: { $set: { x: 0 } } } },
        { replaceOne: { filter: { _id: 2 }, replacement: { x: 2 } } },
        { updateOne: { filter: { _id: 9 }, update: { $set: { x: 9 } }, upsert: true } },
        { deleteOne: { filter: { _id: 3 } } },
        { deleteMany: { filter: { x: 9 } } },
      ]),
    gives: {
      insertedCount: 1,
      matchedCount: 4,
      modifiedCount: 4,
      deletedCount: 2,
      upsertedCount: 1,
      upsertedIds: { 4: 9 },
    },
    leaves: [
      { _id: 1, x: 12 },
      { _id: 2, x: 2 },
      { _id: 4, x: 0 },
    ],
  },
  {
    call: "updateOne that matches nothing",
    run: (c) => c.updateOne({ _id: 9 }, { $set: { x: 1 } }),
    gives: { matchedCount: 0, modifiedCount: 0, upsertedCount: 0, upsertedId: null },
  },
  {
    call: "updateMany counts what matched and what changed",
    run: (c) => c.updateMany({ x: { $gte: 22 } }, { $max: { x: 30 } }),
    gives: { matchedCount: 2, modifiedCount: 1 },
    leaves: [
      { _id: 1, x: 11 },
      { _id: 2, x: 30 },
      { _id: 3, x: 33 },
    ],
  },
  {
    call: "updateOne with upsert and an expression in its filter: 224",
    run: (c) =>
      c.updateOne(
        { $or: [{ x: 11 }, { $and: [{ $expr: { $gt: ["$x", 1] } }] }] },
        { $set: { x: 1 } },
        { upsert: true },
      ),
    gives: { code: 224 },
  },
  {
    call: "updateOne with upsert that would insert another _id than it asks for: 66",
    run: (c) => c.updateOne({ _id: 9 }, { $setOnInsert: { _id: 10 } as never }, { upsert: true }),
    gives: { code: 66 },
  },
  {
    call: "updateOne with upsert that finds its document does not look at $setOnInsert",
    run: (c) =>
      c.updateOne(
        { _id: 1 },
        { $inc: { x: 1 }, $setOnInsert: { _id: 10 } as never },
        { upsert: true },
      ),
    gives: { matchedCount: 1, upsertedCount: 0 },
    leaves: [{ _id: 1, x: 12 }, ...START.slice(1)],
  },
  {
    call: "replaceOne with upsert and no _id takes the filter's",
    run: (c) => c.replaceOne({ _id: 4 }, { x: 1 }, { upsert: true }),
    gives: { matchedCount: 0, upsertedCount: 1, upsertedId: 4 },
    leaves: [...START, { _id: 4, x: 1 }],
  },
  {
    call: "replaceOne that changes the _id: 66",
    run: (c) => c.replaceOne({ _id: 1 }, { _id: 7, x: 1 } as never),
    gives: { code: 66 },
  },
  {
    call: "findOneAndUpdate gives the document before",
    run: (c) => c.findOneAndUpdate({ x: { $gt: 11 } }, { $inc: { x: 1 } }, { sort: { x: -1 } }),
    gives: { _id: 3, x: 33 },
    leaves: [...START.slice(0, 2), { _id: 3, x: 34 }],
  },
  {
    call: "findOneAndUpdate gives the document after, projected",
    run: (c) =>
      c.findOneAndUpdate(
        { _id: 1 },
        { $inc: { x: 1 } },
        { returnDocument: "after", projection: { _id: 0 } },
      ),
    gives: { x: 12 },
    leaves: [{ _id: 1, x: 12 }, ...START.slice(1)],
  },
  {
    call: "findOneAndUpdate with upsert gives null before",
    run: (c) => c.findOneAndUpdate({ _id: 4 }, { $set: { x: 4 } }, { upsert: true }),
    gives: null,
    leaves: [...START, { _id: 4, x: 4 }],
  },
  {
    call: "findOneAndUpdate with upsert gives the new document after",
    run: (c) =>
      c.findOneAndUpdate(
        { _id: 4 },
        { $set: { x: 4 } },
        { upsert: true, returnDocument: "after", includeResultMetadata: true },
      ),
    gives: { value: { _id: 4, x: 4 }, lastErrorObject: { updatedExisting: false, upserted: 4 } },
    leaves: [...START, { _id: 4, x: 4 }],
  },
  {
    call: "findOneAndReplace of nothing gives null",
    run: (c) => c.findOneAndReplace({ _id: 9 }, { x: 1 }),
    gives: null,
  },
  {
    call: "findOneAndDelete in an order",
    run: (c) => c.findOneAndDelete({}, { sort: { x: -1 } }),
    gives: { _id: 3, x: 33 },
    leaves: START.slice(0, 2),
  },
];
