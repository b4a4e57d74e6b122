import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Document, Long } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.db.collection("c").insertMany([{ a: 1 }, { a: 2 }]);
});
afterAll(() => world.close());

/** What is not supported, and MongoDB's code for the refusal. */
const REFUSED: readonly (readonly [code: number, command: Document])[] = [
  // Commands that are not here.
  [59, { mapReduce: "c" }],
  [59, { eval: "1" }],
  [59, { saslStart: 1 }],
  [59, { replSetGetStatus: 1 }],
  [59, { convertToCapped: "c" }],
  [59, { commitTransaction: 1 }],
  [59, { FIND: "c" }],
  [59, { __proto__x: 1 }],
  [59, { toString: 1 }],
  [59, { constructor: 1 }],
  // Fields that no command knows.
  [40415, { find: "c", unknown: 1 }],
  [40415, { find: "c", toString: 1 }],
  [40415, { insert: "c", documents: [{}], foo: 1 }],
  [40415, { update: "c", updates: [{ q: {}, u: {}, foo: 1 }] }],
  [40415, { delete: "c", deletes: [{ q: {}, limit: 0, foo: 1 }] }],
  [40415, { count: "c", foo: 1 }],
  [40415, { ping: 1, foo: 1 }],
  // Fields that are missing or of the wrong type or value.
  [40414, { insert: "c" }],
  [40414, { update: "c", updates: [{ q: {} }] }],
  [40414, { getMore: Long.fromNumber(1) }],
  [40414, { distinct: "c" }],
  [14, { find: 5 }],
  [14, { find: "c", filter: "x" }],
  [14, { find: "c", limit: "x" }],
  [14, { find: "c", singleBatch: "x" }],
  [14, { insert: "c", documents: [5] }],
  [51024, { find: "c", skip: -1 }],
  [2, { find: "c", limit: 1.5 }],
  [16, { insert: "c", documents: [] }],
  [9, { delete: "c", deletes: [{ q: {}, limit: 2 }] }],
  [73, { find: "" }],
  [73, { insert: "a$b", documents: [{}] }],
  [73, { insert: "system.users", documents: [{}] }],
  [73, { aggregate: 1, pipeline: [], cursor: {} }],
  // What find cannot do.
  [2, { find: "c", tailable: true }],
  [2, { find: "c", awaitData: true }],
  [2, { find: "c", collation: { locale: "de" } }],
  [2, { find: "c", let: { x: 1 } }],
  [2, { find: "c", min: { a: 1 } }],
  [2, { find: "c", returnKey: true }],
  [2, { find: "c", showRecordId: true }],
  [2, { find: "c", filter: { $where: "1" } }],
  [2, { find: "c", filter: { $text: { $search: "x" } } }],
  [2, { find: "c", filter: { a: { $near: [1, 1] } } }],
  [2, { find: "c", filter: { $jsonSchema: {} } }],
  [51091, { find: "c", filter: { a: { $regex: "a++" } } }],
  // What writes cannot do.
  [2, { update: "c", updates: [{ q: {}, u: { $set: { a: 1 } }, arrayFilters: [{ x: 1 }] }] }],
  [2, { update: "c", updates: [{ q: {}, u: { $set: { a: 1 } }, collation: { locale: "de" } }] }],
  [13, { bulkWrite: 1, ops: [{ insert: 0, document: {} }], nsInfo: [{ ns: "d.c" }] }],
  [9, { findAndModify: "c", query: {} }],
  [224, { findAndModify: "c", query: { $expr: true }, update: { $set: { a: 1 } }, upsert: true }],
  [9, { findAndModify: "c", query: {}, remove: true, new: true }],
  // Pipelines.
  [9, { aggregate: "c", pipeline: [] }],
  [40324, { aggregate: "c", pipeline: [{ $nonsense: 1 }], cursor: {} }],
  [2, { aggregate: "c", pipeline: [], cursor: {}, explain: true }],
  [2, { aggregate: "c", pipeline: [], cursor: {}, collation: { locale: "de" } }],
  // Collections and indexes.
  [72, { create: "d", capped: true, size: 1000 }],
  [72, { create: "d", viewOn: "c", pipeline: [] }],
  [72, { create: "d", timeseries: { timeField: "t" } }],
  [72, { create: "d", validator: { a: 1 } }],
  [72, { create: "d", clusteredIndex: { key: { _id: 1 } } }],
  [72, { create: "d", expireAfterSeconds: 5 }],
  [2, { create: "d", collation: { locale: "de" } }],
  [48, { create: "c" }],
  [72, { collMod: "c", index: { name: "a" }, validator: { a: 1 } }],
  [26, { listIndexes: "missing" }],
  [26, { dropIndexes: "missing", index: "*" }],
  ...[
    { key: { a: "text" } },
    { key: { a: "2dsphere" } },
    { key: { a: "hashed" } },
    { key: { "$**": 1 } },
    { key: { a: 0 } },
    { key: {} },
    { key: { "a.": 1 } },
    { key: { a: 1, b: 1 }, expireAfterSeconds: 5 },
    { key: { a: 1 }, expireAfterSeconds: -1 },
    { key: { a: 1 }, sparse: true, partialFilterExpression: { a: 1 } },
    { key: { _id: 1 }, sparse: true },
    { key: { a: 1 }, v: 3 },
  ].map((index) => [67, { createIndexes: "c", indexes: [{ name: "i", ...index }] }] as const),
  [197, { createIndexes: "c", indexes: [{ key: { a: 1 }, name: "i", weights: { a: 1 } }] }],
  [2, { createIndexes: "c", indexes: [{ key: { a: 1 }, name: "i", collation: { locale: "de" } }] }],
  [2, { createIndexes: "c", indexes: [{ key: { a: 1 }, name: "i", hidden: true }] }],
  [40414, { createIndexes: "c", indexes: [{ key: { a: 1 } }] }],
  // Concerns, transactions and API versions.
  [246, { find: "c", readConcern: { level: "snapshot" } }],
  [72, { find: "c", readConcern: { level: "linearizable" } }],
  [72, { find: "c", readConcern: { afterClusterTime: 5 } }],
  [100, { insert: "c", documents: [{}], writeConcern: { w: 2 } }],
  [79, { insert: "c", documents: [{}], writeConcern: { w: "rack" } }],
  [9, { insert: "c", documents: [{}], writeConcern: { x: 1 } }],
  [115, { insert: "c", documents: [{}], txnNumber: Long.fromNumber(1) }],
  [115, { find: "c", startTransaction: true, autocommit: false }],
  [322, { ping: 1, apiVersion: "2" }],
  [323, { find: "c", apiVersion: "1", apiStrict: true }],
  // Administration.
  [13, { listDatabases: 1 }],
  [13, { renameCollection: "world.c", to: "world.d" }],
  [72, { getParameter: 1 }],
  [72, { getParameter: 1, foo: 1 }],
  [2, { killAllSessions: [{ user: "somebody", db: "admin" }] }],
  [59, { explain: { drop: "c" } }],
  [40415, { explain: { find: "c", foo: 1 } }],
];

describe("the server refuses", () => {
  test.each(REFUSED)("with %i: %j", async (code, command) => {
    const answer = await world.db.command(command).then(
      (reply) => reply,
      (error: unknown) => error as Document,
    );

    const failure = (answer["writeErrors"] as Document[] | undefined)?.[0] ?? answer;
    expect(failure["code"]).toBe(code);
    expect(String(failure["errmsg"] ?? failure["message"])).not.toBe("");
    expect(await world.db.collection("c").countDocuments()).toBe(2);
  });

  test("retryable writes and transactions in words that drivers pass on unchanged", async () => {
    const session = world.client.startSession();

    const result = session.withTransaction(() =>
      world.db.collection("c").insertOne({ a: 3 }, { session }),
    );

    await expect(result).rejects.toThrow("neither transactions nor retryable writes");
    await session.endSession();
  });
});

describe("the server accepts", () => {
  test.each<Document>([
    { insert: "w", documents: [{}], writeConcern: { w: "majority", j: true, wtimeout: 100 } },
    { insert: "w", documents: [{}], writeConcern: { w: 1 } },
    { find: "w", readConcern: { level: "majority" } },
    { find: "w", readConcern: { level: "local" } },
    { find: "w", collation: { locale: "simple" } },
    { find: "w", filter: null, comment: "why" },
    { count: "w", query: {}, limit: -1 },
    { ping: 1, apiVersion: "1" },
    { buildInfo: 1 },
    { hostInfo: 1 },
    { connectionStatus: 1, showPrivileges: true },
    { serverStatus: 1, repl: 0 },
    { hello: 1, apiVersion: "1", apiStrict: true },
    { getParameter: 1, featureCompatibilityVersion: 1 },
    { getParameter: "*" },
    { killAllSessions: [] },
    { getLog: "startupWarnings" },
    { getCmdLineOpts: 1 },
    { dbStats: 1 },
    { collStats: "missing" },
    { drop: "missing" },
    { startSession: 1 },
  ])("%j", async (command) => {
    await expect(world.db.command(command)).resolves.toMatchObject({ ok: 1 });
  });
});
