import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mongo, openMongo } from "../../../common/platform/mongo.js";
import { OrderedWrites } from "../../../common/platform/ordered-writes.js";
import { insertion } from "../../../common/platform/write.js";
import { UnavailableError } from "../../../common/platform/errors.js";
import { eventually, untilAnswered } from "../../support/eventually.js";
import type { WatchedProcess } from "../../support/watched-process.js";
import { startMongo } from "../../support/processes.js";
import { commandNameOf, TcpProxy } from "../../support/tcp-proxy.js";

/** More than any socket takes before its other end reads. */
const LARGE = Buffer.alloc(8 * 1024 * 1024);

let folder: string;
let url: string;
let server: WatchedProcess;
let mongo: Mongo;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stowage-mongo-"));
  ({ server, url } = await startMongo({ folder }));
  mongo = openMongo({ url: `${url}&maxPoolSize=1`, timeoutMs: 5000 });
});

afterEach(async () => {
  await mongo.close();
  await server.stop("SIGKILL");
  rmSync(folder, { recursive: true });
});

describe("a MongoDB that takes no more bytes", () => {
  test("fails the command that is being sent, and its connection is given back", async () => {
    const documents = mongo.db.collection<{ _id: number; data: Buffer }>("documents");
    await documents.insertOne({ _id: 1, data: LARGE });

    process.kill(server.pid, "SIGSTOP");
    const failed = await documents.insertOne({ _id: 2, data: LARGE }).then(
      () => "stored",
      (error: unknown) => error,
    );
    process.kill(server.pid, "SIGCONT");

    expect(failed).toBeInstanceOf(UnavailableError);
    await untilAnswered(() => mongo.db.command({ ping: 1 }));
    await expect(documents.insertOne({ _id: 3, data: LARGE })).resolves.toMatchObject({
      insertedId: 3,
    });
  });
});

describe("a MongoDB that is away", () => {
  test("fails all that is asked of collections and cursors as unavailable", async () => {
    const documents = mongo.db.collection<{ _id: number }>("documents");
    await documents.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    const cursor = documents.find({}, { batchSize: 1 }).sort({ _id: 1 });
    const begun = documents.find({}, { batchSize: 1 });
    expect(await begun.next()).toEqual({ _id: 1 });
    await server.stop("SIGKILL");

    const readOn = async () => {
      for await (const document of begun) expect(document).toBeDefined();
    };
    const asked = [
      () => documents.findOne({ _id: 1 }),
      () => documents.updateOne({ _id: 1 }, { $set: { a: 1 } }),
      () => cursor.toArray(),
      () => documents.aggregate([]).next(),
      readOn,
      () => mongo.db.command({ ping: 1 }),
    ];

    for (const ask of asked) await expect(ask()).rejects.toThrow(UnavailableError);
  });

  test("does not hide what MongoDB refuses", async () => {
    const documents = mongo.db.collection<{ _id: number }>("documents");
    await documents.insertOne({ _id: 1 });

    await expect(documents.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11000 });
  });
});

describe("a connection that breaks while its pool is full", () => {
  let proxy: TcpProxy;
  let proxied: Mongo;

  beforeEach(async () => {
    proxy = await TcpProxy.start(url);
    const options = "maxPoolSize=3&maxConnecting=1";
    proxied = openMongo({ url: `${proxy.url}&${options}`, timeoutMs: 5000 });
    await proxied.db.command({ ping: 1 });
  });

  afterEach(async () => {
    await proxied.close();
    await proxy.close();
  });

  test("fails a write that then waits for another as MongoDB being away, and does not do it", async () => {
    const documents = proxied.db.collection<{ _id: number }>("documents");
    const reads = [documents.findOne(), documents.findOne()];
    let delayed = 0;
    let checkOuts = 0;
    proxied.client.on("connectionCheckOutStarted", () => (checkOuts += 1));
    // Each read keeps its connection. The one that is opened for the write breaks, and the next is another read's.
    proxy.judge = (bytes) => {
      const command = commandNameOf(bytes);
      if (command === "find") {
        delayed += 1;
        return "delay";
      }
      if (command !== undefined || delayed !== 2 || reads.length === 3) return "pass";
      reads.push(documents.findOne());
      return "cut";
    };

    await eventually(
      () => delayed,
      (count) => count === 2,
    );
    const write = new OrderedWrites(proxied.db)
      .run({ inserted: insertion(documents, { _id: 1 }) })
      .then(
        () => "stored",
        (error: unknown) => error,
      );
    await eventually(
      () => ({ delayed, checkOuts }),
      (calls) => calls.delayed === 3 && calls.checkOuts === 5,
    );
    proxy.judge = () => "pass";
    proxy.cutDelayed();

    expect(await write).toBeInstanceOf(UnavailableError);
    expect(await Promise.all(reads)).toEqual([null, null, null]);
    expect(await documents.countDocuments()).toBe(0);
  });
});
