import { randomBytes, randomInt } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { type Db, MongoClient, ObjectId } from "mongodb";
import { maintain } from "../maintenance/maintenance-process.js";
import { createFolder, ServerProcess } from "./running-server.js";
import { isLong } from "../long.js";

const ROUNDS = isLong ? 50 : 5;
const CHUNKS = 4;
const SHARED = randomBytes(100_000);

/** What the server has acknowledged, over all rounds. */
class Acknowledged {
  readonly documents = new Set<string>();
  readonly counters = new Map<number, number>();
  readonly files = new Set<string>();
  readonly deleted = new Set<string>();

  get total(): number {
    const counted = [...this.counters.values()].reduce((sum, n) => sum + n, 0);
    return this.documents.size + this.files.size + this.deleted.size + counted;
  }
}

async function insertDocuments(db: Db, { documents, deleted }: Acknowledged): Promise<never> {
  for (let n = 0; ; n++) {
    const _id = new ObjectId();
    await db.collection("documents").insertOne({ _id, key: _id.toHexString(), n: n % 10 });
    documents.add(_id.toHexString());
    if (n % 5 > 0) continue;
    // From here on it may be gone, and is when the delete was acknowledged.
    documents.delete(_id.toHexString());
    await db.collection("documents").deleteOne({ _id });
    deleted.add(_id.toHexString());
  }
}

async function count(db: Db, { counters }: Acknowledged, counter: number): Promise<never> {
  for (;;) {
    const after = await db
      .collection<{ _id: number; n: number }>("counters")
      .findOneAndUpdate(
        { _id: counter },
        { $inc: { n: 1 } },
        { upsert: true, returnDocument: "after" },
      );
    counters.set(counter, after?.n ?? 0);
  }
}

async function upload(db: Db, { files }: Acknowledged): Promise<never> {
  for (;;) {
    const file = new ObjectId();
    const chunks = Array.from({ length: CHUNKS }, (_, n) => ({ files_id: file, n, data: SHARED }));
    await db.collection("chunks").insertMany(chunks);
    files.add(file.toHexString());
  }
}

async function untilKilled(server: ServerProcess, work: Promise<never>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  await server.ended();
  // Every one of them must have ended because the server did.
  for (const { status } of outcomes) expect(status).toBe("rejected");
}

async function load(server: ServerProcess, acknowledged: Acknowledged): Promise<void> {
  const client = await MongoClient.connect(await server.ready(), {
    serverSelectionTimeoutMS: 300,
  });
  const db = client.db("d");
  await db
    .collection("documents")
    .createIndexes([{ key: { key: 1 }, unique: true }, { key: { n: 1 } }]);
  await db.collection("chunks").createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }]);
  const killAt = acknowledged.total + randomInt(200, 600);
  const work = [
    ...Array.from({ length: 8 }, () => insertDocuments(db, acknowledged)),
    ...[1, 2, 3].map((counter) => count(db, acknowledged, counter)),
    ...[1, 2].map(() => upload(db, acknowledged)),
  ];
  const watch = setInterval(() => {
    if (acknowledged.total >= killAt) server.process.kill("SIGKILL");
  }, 1);
  await untilKilled(server, work);
  clearInterval(watch);
  await client.close();
}

async function checkAll(server: ServerProcess, acknowledged: Acknowledged): Promise<void> {
  const client = await MongoClient.connect(await server.ready());
  const db = client.db("d");
  const stored = new Set(await db.collection("documents").distinct("key"));
  expect([...acknowledged.documents].filter((key) => !stored.has(key))).toEqual([]);
  expect([...acknowledged.deleted].filter((key) => stored.has(key))).toEqual([]);
  const counters = await db.collection<{ _id: number; n: number }>("counters").find().toArray();
  for (const { _id, n } of counters)
    expect(n).toBeGreaterThanOrEqual(acknowledged.counters.get(_id) ?? 0);
  for (const file of acknowledged.files) {
    const filter = { files_id: new ObjectId(file) };
    expect(await db.collection("chunks").countDocuments(filter)).toBe(CHUNKS);
  }
  await client.close();
}

describe("kill -9 under load", () => {
  test(
    "loses nothing that was acknowledged and leaves indexes and counters right",
    async () => {
      const { folder, remove } = createFolder();
      const acknowledged = new Acknowledged();

      for (let round = 0; round < ROUNDS; round++) {
        await load(new ServerProcess(folder), acknowledged);
        expect(await maintain("--data", folder, "--verify")).toMatchObject({ code: 0 });
      }

      const server = new ServerProcess(folder);
      await checkAll(server, acknowledged);
      await server.end();
      expect(acknowledged.documents.size).toBeGreaterThan(100);
      expect(acknowledged.files.size).toBeGreaterThan(ROUNDS);
      remove();
    },
    ROUNDS * 30_000,
  );
});
