import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Collection, type CommandStartedEvent, MongoClient } from "mongodb";
import { OrderedWrites } from "../../../common/platform/ordered-writes.js";
import { change, insertion, removal, requiredChange } from "../../../common/platform/write.js";
import { newName, serverUrls, withDatabase } from "../../support/databases.js";
import { commandNameOf, TcpProxy } from "../../support/tcp-proxy.js";

interface Doc {
  _id: number | RegExp;
  name?: string;
  size?: number;
}

const UNKNOWN_COMMAND = { ok: 0, code: 59, codeName: "CommandNotFound", errmsg: "no such command" };

const database = newName();
let proxy: TcpProxy;
let client: MongoClient;
let commands: string[];
let writes: OrderedWrites;
let a: Collection<Doc>;
let b: Collection<Doc>;

beforeAll(async () => {
  proxy = await TcpProxy.start(serverUrls().mongodbUrl);
  const url = withDatabase(proxy.url, database);
  client = await MongoClient.connect(url, { monitorCommands: true });
  client.on("commandStarted", ({ commandName }: CommandStartedEvent) => commands.push(commandName));
  [a, b] = [client.db().collection("a"), client.db().collection("b")];
});

afterAll(async () => {
  await client.db().dropDatabase();
  await client.close();
  await proxy.close();
});

beforeEach(async () => {
  commands = [];
  proxy.judge = () => "pass";
  await client.db().dropDatabase();
  await a.createIndexes([{ key: { name: 1 }, unique: true, sparse: true }]);
  await a.insertMany([{ _id: 1, name: "one" }, { _id: 2 }]);
  commands = [];
  writes = new OrderedWrites(client.db());
});

const idsIn = async (collection: Collection<Doc>) =>
  (await collection.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id }) => _id);

/** One of each kind, in both collections, which all find something. */
const ofEachKind = (from: number) => ({
  inserted: insertion(a, { _id: from }),
  alsoInserted: insertion(b, { _id: from }),
  changed: change(a, { filter: { _id: from }, update: { $set: { size: 1 } } }),
  changedForSure: requiredChange(b, {
    filter: { _id: from, size: { $exists: false } },
    update: { $inc: { size: 2 } },
  }),
  removed: removal(a, { _id: from }),
});

const ALL_DONE = { inserted: 1, alsoInserted: 1, changed: 1, changedForSure: 1, removed: 1 };

/** What a MongoDB before 8.0 does with the command. */
function refuseBulkWrite(): void {
  proxy.judge = (bytes) =>
    commandNameOf(bytes) === "bulkWrite" ? { answer: UNKNOWN_COMMAND } : "pass";
}

describe.each([
  { server: "MongoDB 8.0", prepare: () => undefined },
  { server: "an older MongoDB", prepare: refuseBulkWrite },
])("Ordered writes on $server", ({ prepare }) => {
  beforeEach(prepare);

  test("are all done, and say by name what each has found", async () => {
    expect(await writes.run(ofEachKind(10))).toEqual(ALL_DONE);

    expect(await idsIn(a)).toEqual([1, 2]);
    expect(await b.find().toArray()).toEqual([{ _id: 10, size: 2 }]);
  });

  test("that find nothing are not refused, unless they have to", async () => {
    const nothing = { filter: { _id: 9 }, update: { $set: { size: 1 } } };

    const results = await writes.run({
      changed: change(a, nothing),
      removed: removal(a, { _id: 9 }),
      required: requiredChange(a, nothing),
      inserted: insertion(b, { _id: 1 }),
    });

    expect(results).toEqual({ changed: 0, removed: 0, required: undefined, inserted: undefined });
    expect(await idsIn(a)).toEqual([1, 2]);
    expect(await idsIn(b)).toEqual([]);
  });

  test("that have to find something are refused where the rest of their filter does not hold", async () => {
    const { changed } = await writes.run({
      changed: requiredChange(a, {
        filter: { _id: 2, "nested.size": 5, list: { $ne: 1 }, size: { $lte: 1 } },
        update: { $push: { list: 1 }, $inc: { size: 1 } },
      }),
    });

    expect(changed).toBeUndefined();
    expect(await a.findOne({ _id: 2 })).toEqual({ _id: 2 });
  });

  test("stop where a unique key is taken, which does not stop others", async () => {
    const outcomes = await Promise.all([
      writes.run(ofEachKind(10)),
      writes.run({
        first: insertion(b, { _id: 20 }),
        taken: insertion(a, { _id: 20, name: "one" }),
      }),
      writes.run({ taken: insertion(a, { _id: 1 }), last: insertion(b, { _id: 30 }) }),
      writes.run(ofEachKind(40)),
    ]);

    expect(outcomes).toEqual([
      ALL_DONE,
      { first: 1, taken: undefined },
      { taken: undefined, last: undefined },
      ALL_DONE,
    ]);
    expect(await idsIn(a)).toEqual([1, 2]);
    expect(await idsIn(b)).toEqual([10, 20, 40]);
  });

  test("fail with what else stops one of them, and others do not", async () => {
    const outcomes = await Promise.allSettled([
      writes.run({
        first: insertion(b, { _id: 10 }),
        impossible: insertion(b, { _id: /no id/ }),
        last: removal(b, {}),
      }),
      writes.run(ofEachKind(20)),
    ]);

    expect(outcomes).toMatchObject([
      { status: "rejected", reason: { code: 53 } },
      { status: "fulfilled", value: ALL_DONE },
    ]);
    expect(await idsIn(b)).toEqual([10, 20]);
  });

  test("that are left out are not done, and do not stop the others", async () => {
    const results = await writes.run({ leftOut: undefined, inserted: insertion(b, { _id: 1 }) });

    expect(results.leftOut).toBeUndefined();
    expect(results.inserted).toBe(1);
  });

  test("of which there are none are none", async () => {
    expect(await writes.run({})).toEqual({});
  });
});

describe("Ordered writes", () => {
  test("of the same turn share a command, up to eight sequences of them", async () => {
    const tens = Array.from({ length: 20 }, (_, index) => (index + 1) * 10);

    await Promise.all(tens.map((from) => writes.run(ofEachKind(from))));

    expect(commands).toEqual(["bulkWrite", "bulkWrite", "bulkWrite"]);
    expect(await idsIn(b)).toEqual(tens);
  });

  test("ask an older MongoDB for the command once", async () => {
    refuseBulkWrite();

    await writes.run(ofEachKind(10));
    await writes.run(ofEachKind(20));

    const each = ["insert", "insert", "update", "update", "delete"];
    expect(commands).toEqual(["bulkWrite", ...each, ...each]);
  });

  test("fail where the answer is lost, and were done up to somewhere", async () => {
    proxy.judge = (bytes) => (commandNameOf(bytes) === "bulkWrite" ? "lose" : "pass");

    const alone = await Promise.allSettled([writes.run(ofEachKind(10))]);
    const together = await Promise.allSettled([20, 30].map((from) => writes.run(ofEachKind(from))));

    for (const outcome of [...alone, ...together]) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    }
  });
});
