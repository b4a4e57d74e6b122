import { ObjectId } from "mongodb";
import type { Call } from "./call.js";

/** Indexes and collections (index management and enumeration specifications). */
export const CATALOGUE: readonly Call[] = [
  { call: "createIndex gives the name", run: (c) => c.createIndex({ x: -1 }), gives: "x_-1" },
  {
    call: "createIndexes gives all names",
    run: (c) => c.createIndexes([{ key: { x: 1 } }, { key: { y: 1, x: -1 }, name: "own" }]),
    gives: ["x_1", "own"],
  },
  {
    call: "createIndexes with commitQuorum: 2",
    run: (c) => c.createIndexes([{ key: { x: 1 } }], { commitQuorum: 1 }),
    gives: { code: 2 },
  },
  {
    call: "createIndex with a hidden index: 2",
    run: (c) => c.createIndexes([{ key: { x: 1 }, hidden: true }]),
    gives: { code: 2 },
  },
  { call: "dropIndex of a missing index: 27", run: (c) => c.dropIndex("y_1"), gives: { code: 27 } },
  { call: "indexExists of a missing index", run: (c) => c.indexExists("y_1"), gives: false },
  {
    call: "listIndexes of a missing collection: 26",
    run: (c) => c.db.collection("missing").listIndexes().toArray(),
    gives: { code: 26 },
  },
  {
    call: "dropIndexes of a missing collection: 26",
    run: (c) => c.db.command({ dropIndexes: "missing", index: "*" }),
    gives: { code: 26 },
  },
  {
    call: "find in a missing collection is empty",
    run: (c) => c.db.collection("missing").find().toArray(),
    gives: [],
  },
  {
    call: "rename of a missing collection: 26",
    run: (c) => c.db.collection("missing").rename("other"),
    gives: { code: 26 },
  },
  {
    call: "rename to a taken name: 48",
    run: async (c) => {
      const name = `taken${new ObjectId().toHexString()}`;
      await c.db.createCollection(name);
      return c.rename(name);
    },
    gives: { code: 48 },
  },
  {
    call: "createCollection twice: 48",
    run: (c) => c.db.createCollection(c.collectionName, { capped: false }),
    gives: { code: 48 },
  },
  { call: "drop of a missing collection", run: (c) => c.db.dropCollection("missing"), gives: true },
  {
    call: "watch is refused: 40573",
    run: (c) => c.watch().next(),
    gives: { code: 40573 },
  },
];
