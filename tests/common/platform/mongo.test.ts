import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mongo, openMongo, translateMongoError } from "../../../common/platform/mongo.js";
import { UnavailableError } from "../../../common/platform/errors.js";
import type { WatchedProcess } from "../../scripts/watched-process.js";
import { startMongo } from "../../support/processes.js";

/** More than any socket takes before its other end reads. */
const LARGE = Buffer.alloc(8 * 1024 * 1024);

let folder: string;
let server: WatchedProcess;
let mongo: Mongo;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stowage-mongo-"));
  const started = await startMongo({ folder });
  server = started.server;
  mongo = openMongo({ url: `${started.url}&maxPoolSize=1`, timeoutMs: 500 });
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
    const failed = await documents
      .insertOne({ _id: 2, data: LARGE })
      .then(() => "stored", translateMongoError);
    process.kill(server.pid, "SIGCONT");

    expect(failed).toBeInstanceOf(UnavailableError);
    await expect(documents.insertOne({ _id: 3, data: LARGE })).resolves.toMatchObject({
      insertedId: 3,
    });
  });
});
