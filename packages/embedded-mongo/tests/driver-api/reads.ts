import { type Call, START } from "./call.js";

/** Finding, counting, distinct values, hints, and the options that are refused (CRUD specification). */
export const READS: readonly Call[] = [
  { call: "distinct", run: (c) => c.distinct("x", { x: { $gt: 11 } }), gives: [22, 33] },
  { call: "distinct of a missing field", run: (c) => c.distinct("y"), gives: [] },
  { call: "countDocuments", run: (c) => c.countDocuments(), gives: 3 },
  {
    call: "countDocuments with skip and limit",
    run: (c) => c.countDocuments({ x: { $gt: 0 } }, { skip: 1, limit: 1 }),
    gives: 1,
  },
  {
    call: "countDocuments with skip beyond the end",
    run: (c) => c.countDocuments({}, { skip: 5 }),
    gives: 0,
  },
  { call: "estimatedDocumentCount", run: (c) => c.estimatedDocumentCount(), gives: 3 },
  {
    call: "find with skip, limit, sort and batchSize",
    run: (c) => c.find({}, { sort: { x: -1 }, skip: 1, limit: 2, batchSize: 1 }).toArray(),
    gives: [
      { _id: 2, x: 22 },
      { _id: 1, x: 11 },
    ],
  },
  {
    call: "find with a negative limit is one batch",
    run: (c) => c.find({}, { limit: -2 }).toArray(),
    gives: START.slice(0, 2),
  },
  {
    call: "find with batchSize 0 of getMore",
    run: (c) => c.find({}, { batchSize: 0 }).toArray(),
    gives: START,
  },
  { call: "find with a comment", run: (c) => c.find({}, { comment: "x" }).toArray(), gives: START },
  {
    call: "find with the hint of an index",
    run: (c) => c.find({}, { hint: { _id: 1 } }).toArray(),
    gives: START,
  },
  {
    call: "find with the hint of a missing index: 2",
    run: (c) => c.find({}, { hint: "x_1" }).toArray(),
    gives: { code: 2 },
  },
  {
    call: "updateOne with the hint of a missing index: 2",
    run: (c) => c.updateOne({}, { $set: { x: 0 } }, { hint: "x_1" }),
    gives: { code: 2 },
  },
  {
    call: "deleteMany with the hint of a missing index: 2",
    run: (c) => c.deleteMany({}, { hint: "x_1" }),
    gives: { code: 2 },
  },
  {
    call: "findOneAndDelete with the hint of a missing index: 2",
    run: (c) => c.db.command({ findAndModify: c.collectionName, remove: true, hint: "x_1" }),
    gives: { code: 2 },
  },
  ...["find", "deleteMany", "distinct", "aggregate", "count"].map((name): Call => ({
    call: `${name} with a collation: 2`,
    run: (c) => {
      const options = { collation: { locale: "de" } };
      if (name === "find") return c.find({}, options).toArray();
      if (name === "deleteMany") return c.deleteMany({}, options);
      if (name === "distinct") return c.distinct("x", {}, options);
      if (name === "aggregate") return c.aggregate([], options).toArray();
      return c.countDocuments({}, options);
    },
    gives: { code: 2 },
  })),
  {
    call: "find with let: 2",
    run: (c) => c.find({}, { let: { y: 1 } }).toArray(),
    gives: { code: 2 },
  },
  {
    call: "updateOne with let: 2",
    run: (c) => c.updateOne({}, { $set: { x: 0 } }, { let: { y: 1 } }),
    gives: { code: 2 },
  },
  {
    call: "updateOne with arrayFilters: 2",
    run: (c) => c.updateOne({}, { $set: { "y.$[e]": 1 } }, { arrayFilters: [{ e: 1 }] }),
    gives: { code: 2 },
  },
  {
    call: "updateOne with a pipeline is refused",
    run: (c) => c.updateOne({ _id: 1 }, [{ $set: { x: 5 } }]),
    gives: { code: 9 },
  },
  {
    call: "aggregate with allowDiskUse and batchSize",
    run: (c) => c.aggregate([{ $sort: { x: -1 } }], { allowDiskUse: true, batchSize: 1 }).toArray(),
    gives: [...START].reverse(),
  },
  {
    call: "aggregate with $out: 40324",
    run: (c) => c.aggregate([{ $out: "y" }]).toArray(),
    gives: { code: 40324 },
  },
];
