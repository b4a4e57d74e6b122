import { statfsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type Collection, MongoClient, MongoServerError } from "mongodb";
import { maintain } from "../maintenance/maintenance-process.js";
import { createFolder, ServerProcess } from "./running-server.js";
import { canMount, SmallDiskServer } from "./small-disk.js";

interface Item {
  readonly _id: number;
  readonly pad: Buffer;
}

const PAD_BYTES = 100_000;
const DISK_FULL: unknown = expect.objectContaining({ code: 14_031 });

/** Inserts, ten at once, until one is refused. @returns The ids of those that were acknowledged. */
async function insertUntilFull(items: Collection<Item>): Promise<number[]> {
  const acknowledged: number[] = [];
  const refusals: unknown[] = [];
  let next = 0;
  const insert = async () => {
    while (refusals.length === 0) {
      const _id = next++;
      try {
        await items.insertOne({ _id, pad: Buffer.alloc(PAD_BYTES, _id) });
        acknowledged.push(_id);
      } catch (error) {
        if (!(error instanceof MongoServerError)) throw error;
        refusals.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: 10 }, insert));
  expect(refusals).toContainEqual(DISK_FULL);
  return acknowledged;
}

async function expectAllThere(items: Collection<Item>, ids: readonly number[]): Promise<void> {
  for (const _id of ids) {
    const found = await items.findOne({ _id }, { promoteBuffers: true });
    expect(found?.pad.equals(Buffer.alloc(PAD_BYTES, _id))).toBe(true);
  }
}

test("with less room than the reserve, what grows is refused with 14031, and nothing else", async () => {
  const { folder, remove } = createFolder();
  const { blocks, bsize } = statfsSync(folder);
  const moreThanAll = String(Math.ceil((blocks * bsize) / 1024 / 1024) + 1);
  const use = async (args: readonly string[], work: (items: Collection<Item>) => Promise<void>) => {
    const server = new ServerProcess(folder, args);
    const client = await MongoClient.connect(await server.ready());
    await work(client.db("d").collection<Item>("items"));
    await client.close();
    await server.end();
  };
  const pad = Buffer.alloc(10);

  await use([], async (items) => {
    await items.insertMany([1, 2, 3].map((_id) => ({ _id, pad })));
  });
  await use(["--reserve-mib", moreThanAll], async (items) => {
    await expect(items.insertOne({ _id: 4, pad })).rejects.toEqual(DISK_FULL);
    const growing = items.updateOne({ _id: 1 }, { $set: { pad: Buffer.alloc(100) } });
    await expect(growing).rejects.toEqual(DISK_FULL);
    await items.updateOne({ _id: 1 }, { $set: { pad: Buffer.alloc(5) } });
    await items.deleteOne({ _id: 2 });
    expect(await items.distinct("_id")).toEqual([1, 3]);
  });
  await use([], async (items) => {
    await items.insertOne({ _id: 4, pad });
    expect(await items.distinct("_id")).toEqual([1, 3, 4]);
  });

  remove();
});

const describeOnSmallDisk = canMount() ? describe : undefined;
// Where no file system can be mounted, the test above has to do.
describeOnSmallDisk?.("on a disk of 64 MiB that fills up", () => {
  test("what was acknowledged is kept, is read and deleted, and gives room for more", async () => {
    const server = await SmallDiskServer.start({ sizeMib: 64, reserveMib: 16 });
    const items = server.client.db("d").collection<Item>("items");
    await items.createIndex({ pad: 1 });

    const first = await insertUntilFull(items);
    await expectAllThere(items, first);
    await items.deleteMany({ _id: { $gte: 0 } });
    const second = await insertUntilFull(items);

    await expectAllThere(items, second);
    expect(second.length).toBeGreaterThan(first.length / 2);
    expect(await maintain("--data", server.folder, "--verify")).toMatchObject({ code: 0 });
    await server.close();
  });

  test("without a reserve, nothing acknowledged is lost and the server lives on", async () => {
    const server = await SmallDiskServer.start({ sizeMib: 64, reserveMib: 0 });
    const items = server.client.db("d").collection<Item>("items");

    const acknowledged = await insertUntilFull(items);

    expect(server.isRunning).toBe(true);
    await expectAllThere(items, acknowledged);
    expect(await items.countDocuments()).toBe(acknowledged.length);
    expect(await maintain("--data", server.folder, "--verify")).toMatchObject({ code: 0 });
    await server.close();
  });
});
