import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Collection, type CommandStartedEvent, MongoClient } from "mongodb";
import { batchedChanges, batchedInserts } from "../../../common/platform/batched-writes.js";
import { newName, serverUrls, withDatabase } from "../../support/databases.js";

interface Doc {
  _id: string | number | RegExp;
  name: string;
  state?: string;
}

let client: MongoClient;
let documents: Collection<Doc>;
let commands: string[];

beforeAll(async () => {
  const url = withDatabase(serverUrls().mongodbUrl, newName());
  client = await MongoClient.connect(url, { monitorCommands: true });
  client.on("commandStarted", ({ commandName }: CommandStartedEvent) => commands.push(commandName));
});

afterAll(async () => {
  await client.db().dropDatabase();
  await client.close();
});

beforeEach(async () => {
  commands = [];
  await client.db().dropDatabase();
  documents = client.db().collection<Doc>("documents");
  await documents.createIndexes([{ key: { name: 1 }, unique: true }]);
  await documents.insertMany(["a", "b", "c"].map((name) => ({ _id: name, name, state: "new" })));
  commands = [];
});

/** What became of each: its answer, or the code of its error. */
async function outcomesOf(asked: readonly Promise<boolean>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(asked);
  return settled.map((each) =>
    each.status === "fulfilled" ? each.value : Number((each.reason as { code?: unknown }).code),
  );
}

const namesIn = async () =>
  (await documents.find({}, { sort: { name: 1 } }).toArray()).map(({ name }) => name);

describe("Documents that are inserted in the same turn", () => {
  test("go in one command, and each learns whether its own keys were taken", async () => {
    const insert = batchedInserts(documents);

    const outcomes = await outcomesOf(
      ["d", "a", "e"].map((name) => insert({ _id: `new ${name}`, name })),
    );

    expect(outcomes).toEqual([true, false, true]);
    expect(commands).toEqual(["insert"]);
    expect(await namesIn()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("and take one another's keys: the first has it", async () => {
    const insert = batchedInserts(documents);

    expect(await outcomesOf([1, 2].map((_id) => insert({ _id, name: "d" })))).toEqual([
      true,
      false,
    ]);
  });

  test("and are refused for another reason fail alone, with their own error", async () => {
    const insert = batchedInserts(documents);

    const outcomes = await outcomesOf([
      insert({ _id: 1, name: "d" }),
      insert({ _id: /no id/, name: "e" }),
      insert({ _id: 3, name: "a" }),
      insert({ _id: 4, name: "f" }),
    ]);

    expect(outcomes).toEqual([true, 53, false, true]);
    expect(await namesIn()).toEqual(["a", "b", "c", "d", "f"]);
  });
});

describe("Changes of the same turn", () => {
  const change = (_id: string) => ({
    updateOne: { filter: { _id, state: "new" }, update: { $set: { state: "old" } } },
  });

  test("go in one command", async () => {
    const ask = batchedChanges(documents);

    expect(await outcomesOf(["a", "b", "c"].map((_id) => ask(change(_id))))).toEqual([
      true,
      true,
      true,
    ]);
    expect(commands).toEqual(["update"]);
    expect(await documents.countDocuments({ state: "old" })).toBe(3);
  });

  test("of which one finds nothing are all made, and that one's answer is never true", async () => {
    const ask = batchedChanges(documents);

    const outcomes = await outcomesOf(["a", "none", "c"].map((_id) => ask(change(_id))));

    expect(outcomes[1]).toBe(false);
    expect(await documents.countDocuments({ state: "old" })).toBe(2);
  });

  test("are tried alone where the command did not come to them", async () => {
    const ask = batchedChanges(documents);
    const remove = (_id: string) => ask({ deleteOne: { filter: { _id } } });

    expect((await outcomesOf(["a", "none", "c"].map(remove)))[1]).toBe(false);
    expect(await namesIn()).toEqual(["b"]);
  });

  test("of which one is refused fail for that one alone, with its own error", async () => {
    const ask = batchedChanges(documents);

    const outcomes = await outcomesOf([
      ask(change("a")),
      ask({ updateOne: { filter: { _id: "b" }, update: { $set: { name: "c" } } } }),
      ask(change("c")),
    ]);

    expect(outcomes).toEqual([true, 11000, true]);
    expect(await documents.countDocuments({ state: "old" })).toBe(2);
  });
});
