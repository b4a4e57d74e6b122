import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { open } from "lmdb";
import { MongoClient } from "mongodb";
import { createFolder, ServerProcess, startWorld } from "../server/running-server.js";
import { fill, keepDoing, maintain } from "./maintenance-process.js";

const TABLE = { encoding: "binary", keyEncoding: "binary" } as const;

describe("verifying a store", () => {
  test("finds nothing wrong while a server changes it, and tells what it looked at", async () => {
    const world = await startWorld();
    await fill(world.db);
    const files = world.db.collection("files");
    const stop = keepDoing(async (count) => {
      await files.insertOne({ owner: -1, name: `new-${count}`, tags: [count, -count] });
      await files.deleteOne({ owner: -1, name: `new-${count - 20}` });
    });

    const outcomes = [];
    for (let round = 0; round < 3; round++)
      outcomes.push(await maintain("--data", world.folder, "--verify"));
    await stop();
    const { pid } = world.server.process;
    await world.close();

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ code: 0, stderr: "" });
      expect(outcome.stdout).toContain(`process ${pid ?? "?"} serves`);
      expect(outcome.stdout).toMatch(/collections +2\n/);
      expect(outcome.stdout).toMatch(/indexes +7\n/);
      expect(outcome.stdout).toContain("No faults");
    }
  });
});

describe("verifying a store that nobody serves", () => {
  let world: ReturnType<typeof createFolder>;
  beforeEach(async () => {
    world = createFolder();
    const server = new ServerProcess(world.folder);
    const client = await MongoClient.connect(await server.ready());
    const things = client.db("d").collection<{ _id: number; a: unknown }>("things");
    await things.createIndex({ a: 1 });
    await things.insertMany([
      { _id: 1, a: "one" },
      { _id: 2, a: "two" },
    ]);
    await client.close();
    await server.end();
  });
  afterEach(() => {
    world.remove();
  });

  type Change = (tables: Record<"meta" | "documents" | "indexes", Damaged>) => void;
  interface Damaged {
    readonly entries: readonly { readonly key: Buffer; readonly value: Buffer }[];
    put(key: Buffer, value: Buffer): void;
    remove(key: Buffer): void;
  }

  /** Writes into the tables behind the server's back. */
  async function damage(change: Change): Promise<void> {
    const root = open<Buffer, Buffer>({ ...TABLE, path: world.folder, noSubdir: false });
    const table = (name: string): Damaged => {
      const db = root.openDB<Buffer, Buffer>({ ...TABLE, name });
      return {
        entries: [...db.getRange({})].map(({ key, value }) => ({ key, value })),
        put: (key, value) => {
          db.putSync(key, value);
        },
        remove: (key) => {
          db.removeSync(key);
        },
      };
    };
    change({ meta: table("meta"), documents: table("documents"), indexes: table("indexes") });
    await root.close();
  }

  function first<T>(values: readonly T[], accept: (value: T) => boolean = () => true): T {
    const found = values.find(accept);
    if (found === undefined) throw new Error("There is none");
    return found;
  }

  const isTextEntry = ({ key }: { key: Buffer }) => key.includes("one");

  test("finds nothing wrong when nothing is", async () => {
    const { code, stdout } = await maintain("--data", world.folder, "--verify");

    expect(stdout).toMatch(/documents +2, \d+ bytes\n/);
    expect(stdout).toMatch(/index entries +4\n/);
    expect(code).toBe(0);
  });

  test.each<[what: string, change: Change, fault: string]>([
    [
      "a lost index entry",
      ({ indexes }) => {
        indexes.remove(first(indexes.entries, isTextEntry).key);
      },
      "d.things: document 1 (_id 1) is not in index a_1",
    ],
    [
      "an entry for a document that is not there",
      ({ documents }) => {
        documents.remove(first(documents.entries).key);
      },
      "d.things: index a_1 has an entry for document 1, which does not exist",
    ],
    [
      "an entry with another key",
      ({ indexes }) => {
        const { key, value } = first(indexes.entries, isTextEntry);
        const changed = Buffer.from(key.toString("latin1").replace("one", "uno"), "latin1");
        indexes.put(changed, value);
      },
      "d.things: index a_1 has an entry for document 1 (_id 1) with a key that it does not have",
    ],
    [
      "an entry that points elsewhere",
      ({ indexes }) => {
        const { key } = first(indexes.entries, isTextEntry);
        indexes.put(key, Buffer.from([0, 0, 0, 0, 0, 2]));
      },
      "d.things: document 1 (_id 1) is taken for document 2 by index a_1",
    ],
    [
      "a document that is not BSON",
      ({ documents }) => {
        documents.put(first(documents.entries).key, Buffer.alloc(33, 7));
      },
      "d.things: document 1 is damaged: A document has an impossible length",
    ],
    [
      "a wrong counter",
      ({ meta }) => {
        const { key, value } = first(meta.entries, (entry) => entry.key[0] === 0x6e);
        value.writeBigUInt64BE(7n);
        meta.put(key, value);
      },
      "d.things: the counter says 7 documents, there are 2",
    ],
    [
      "documents of no collection",
      ({ documents }) => {
        const { key, value } = first(documents.entries);
        documents.put(Buffer.concat([Buffer.from([0, 0, 1, 0]), key.subarray(4)]), value);
      },
      "1 documents belong to collection 256, which does not exist",
    ],
  ])("names %s and ends with 1", async (_what, change, fault) => {
    await damage(change);

    const { code, stdout } = await maintain("--data", world.folder, "--verify");

    expect(stdout.split("\n")).toContain(`fault: ${fault}`);
    expect(code).toBe(1);
  });

  test("says of an empty data file that it is no store", async () => {
    const { folder, remove } = createFolder();
    writeFileSync(join(folder, "data.mdb"), "");

    const outcome = await maintain("--data", folder, "--verify");
    remove();

    expect(outcome).toMatchObject({ code: 3, stderr: expect.stringContaining("no store in") });
  });

  test("says where there is no store, and creates none", async () => {
    const { code, stderr } = await maintain("--data", `${world.folder}/none`, "--verify");

    expect(stderr).toContain("There is no store in");
    expect(code).toBe(3);
  });
});
