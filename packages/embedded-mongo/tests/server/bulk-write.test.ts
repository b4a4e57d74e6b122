import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Document, Long, MongoClientBulkWriteError, ObjectId } from "mongodb";
import { startWorld, type World } from "./running-server.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

interface Doc {
  _id: number;
  x?: number;
}

type Writes = Parameters<typeof world.client.bulkWrite<Record<string, Doc>>>[0];
type Options = Parameters<typeof world.client.bulkWrite>[1];

const write = (writes: Writes, options: Options = {}) =>
  world.client.bulkWrite<Record<string, Doc>>(writes, options);

interface BulkReply {
  readonly nInserted?: number;
  readonly cursor: {
    readonly id: Long;
    readonly firstBatch?: readonly { idx: number }[];
    readonly nextBatch?: readonly { idx: number }[];
  };
}

/** Two collections that nobody else has. */
function newCollections() {
  const open = () => world.db.collection<Doc>(`c${new ObjectId().toHexString()}`);
  return [open(), open()] as const;
}

async function failureOf(bulk: Promise<unknown>): Promise<MongoClientBulkWriteError> {
  const error = await bulk.catch((reason: unknown) => reason);
  if (error instanceof MongoClientBulkWriteError) return error;
  throw new Error("The bulk write did not fail as one", { cause: error });
}

describe("the driver's bulk write of a client", () => {
  test("writes to several collections, in its order, and tells what each write did", async () => {
    const [a, b] = newCollections();

    const result = await write(
      [
        { namespace: a.namespace, name: "insertOne", document: { _id: 1, x: 1 } },
        { namespace: b.namespace, name: "insertOne", document: { _id: 1, x: 10 } },
        {
          namespace: a.namespace,
          name: "updateOne",
          filter: { _id: 1 },
          update: { $inc: { x: 1 } },
        },
        {
          namespace: a.namespace,
          name: "updateMany",
          filter: { x: 7 },
          update: { $set: { x: 8 } },
        },
        {
          namespace: b.namespace,
          name: "updateOne",
          filter: { _id: 2 },
          update: { $set: { x: 20 } },
          upsert: true,
        },
        { namespace: b.namespace, name: "replaceOne", filter: { _id: 1 }, replacement: { x: 0 } },
        { namespace: b.namespace, name: "deleteMany", filter: {} },
        { namespace: a.namespace, name: "deleteOne", filter: { _id: 9 } },
      ],
      { verboseResults: true },
    );

    expect(result).toMatchObject({
      insertedCount: 2,
      matchedCount: 2,
      modifiedCount: 2,
      upsertedCount: 1,
      deletedCount: 2,
    });
    expect([...(result.insertResults ?? [])]).toEqual([
      [0, { insertedId: 1 }],
      [1, { insertedId: 1 }],
    ]);
    expect([...(result.updateResults ?? [])]).toEqual([
      [2, { matchedCount: 1, modifiedCount: 1, didUpsert: false }],
      [3, { matchedCount: 0, modifiedCount: 0, didUpsert: false }],
      [4, { matchedCount: 1, modifiedCount: 0, didUpsert: true, upsertedId: 2 }],
      [5, { matchedCount: 1, modifiedCount: 1, didUpsert: false }],
    ]);
    expect([...(result.deleteResults ?? [])]).toEqual([
      [6, { deletedCount: 2 }],
      [7, { deletedCount: 0 }],
    ]);
    expect(await a.find().toArray()).toEqual([{ _id: 1, x: 2 }]);
    expect(await b.find().toArray()).toEqual([]);
  });

  test("stops at the first write that is refused", async () => {
    const [a, b] = newCollections();
    await a.insertOne({ _id: 1 });

    const error = await failureOf(
      write(
        [
          { namespace: b.namespace, name: "insertOne", document: { _id: 1 } },
          { namespace: a.namespace, name: "insertOne", document: { _id: 1 } },
          { namespace: b.namespace, name: "insertOne", document: { _id: 2 } },
        ],
        { verboseResults: true },
      ),
    );

    expect([...error.writeErrors].map(([index, { code }]) => [index, code])).toEqual([[1, 11000]]);
    expect(error.partialResult?.insertedCount).toBe(1);
    expect(await b.distinct("_id")).toEqual([1]);
  });

  test("goes on behind refused writes when it has no order", async () => {
    const [a, b] = newCollections();
    await a.insertMany([{ _id: 1 }, { _id: 2 }]);
    const insertions = [
      [a, 1],
      [b, 1],
      [a, 2],
      [b, 2],
    ] as const;

    const error = await failureOf(
      write(
        insertions.map(([{ namespace }, _id]) => ({
          namespace,
          name: "insertOne" as const,
          document: { _id },
        })),
        { ordered: false },
      ),
    );

    expect([...error.writeErrors.keys()]).toEqual([0, 2]);
    expect(error.partialResult?.insertedCount).toBe(2);
    expect(await b.distinct("_id")).toEqual([1, 2]);
  });

  test("gives results of any number, in batches where the client wants them", async () => {
    const [{ namespace }] = newCollections();
    const command = (from: number) => ({
      bulkWrite: 1,
      ops: Array.from({ length: 1000 }, (_, index) => ({
        insert: 0,
        document: { _id: from + index },
      })),
      nsInfo: [{ ns: namespace }],
    });
    const reply = async (asked: Document) =>
      (await world.client.db("admin").command(asked, { promoteLongs: false })) as BulkReply;

    const whole = await reply(command(0));
    const first = await reply({ ...command(1000), cursor: { batchSize: 600 } });
    const rest = await reply({ getMore: first.cursor.id, collection: "$cmd.bulkWrite" });

    const all = Array.from({ length: 1000 }, (_, index) => index);
    const indexes = (batch: readonly { idx: number }[] = []) => batch.map(({ idx }) => idx);
    expect(whole).toMatchObject({ nInserted: 1000, nErrors: 0 });
    expect(whole.cursor.id).toEqual(Long.ZERO);
    expect(indexes(whole.cursor.firstBatch)).toEqual(all);
    expect(first.nInserted).toBe(1000);
    expect(indexes(first.cursor.firstBatch)).toEqual(all.slice(0, 600));
    expect(indexes(rest.cursor.nextBatch)).toEqual(all.slice(600));
  });
});

describe("a bulk write", () => {
  const insert = { insert: 0, document: { _id: 1 } };
  const nsInfo = [{ ns: "d.c" }];

  test.each<[code: number, command: Document]>([
    [40414, { nsInfo }],
    [40414, { ops: [insert] }],
    [16, { ops: [], nsInfo }],
    [2, { ops: [{ ...insert, insert: 1 }], nsInfo }],
    [51024, { ops: [{ ...insert, insert: -1 }], nsInfo }],
    [9, { ops: [{}], nsInfo }],
    [9, { ops: [{ document: {}, insert: 0 }], nsInfo }],
    [40414, { ops: [{ insert: 0 }], nsInfo }],
    [40415, { ops: [{ ...insert, filter: {} }], nsInfo }],
    [40414, { ops: [{ update: 0, filter: {} }], nsInfo }],
    [40414, { ops: [{ delete: 0 }], nsInfo }],
    [2, { ops: [{ update: 0, filter: {}, updateMods: {}, sort: { a: 1 } }], nsInfo }],
    [2, { ops: [{ update: 0, filter: {}, updateMods: {}, arrayFilters: [{ a: 1 }] }], nsInfo }],
    [2, { ops: [{ delete: 0, filter: {}, collation: { locale: "de" } }], nsInfo }],
    [73, { ops: [insert], nsInfo: [{ ns: "c" }] }],
    [73, { ops: [insert], nsInfo: [{ ns: "d." }] }],
    [73, { ops: [insert], nsInfo: [{ ns: "d.system.users" }] }],
    [40415, { ops: [insert], nsInfo: [{ ns: "d.c", foo: 1 }] }],
    [2, { ops: [insert], nsInfo, let: { x: 1 } }],
    [2, { ops: [insert], nsInfo, cursor: { batchSize: -1 } }],
    [40415, { ops: [insert], nsInfo, foo: 1 }],
    [115, { ops: [insert], nsInfo, txnNumber: 1, lsid: { id: new ObjectId() } }],
  ])("is refused with %i as a whole: %j", async (code, command) => {
    const refused = world.client.db("admin").command({ bulkWrite: 1, ...command });

    await expect(refused).rejects.toMatchObject({ code });
    expect(await world.client.db("d").collection("c").countDocuments()).toBe(0);
  });
});
