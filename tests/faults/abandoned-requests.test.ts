import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomInt } from "node:crypto";
import type { Db } from "mongodb";
import { makeContent } from "../support/content.js";
import { openCursorCount } from "../support/databases.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { memoryBytes, openFileCount } from "../support/process-figures.js";
import { type SentRequest, StreamingClient } from "../support/streaming-client.js";
import { isLong } from "../support/long.js";
import { beginningOf, formOf } from "./request-body.js";

const MIB = 1024 ** 2;
const UPLOADS = isLong ? 1000 : 200;
const DOWNLOADS = isLong ? 1000 : 80;
const UPLOAD_BYTES = isLong ? 10 * MIB : MIB;
const AT_ONCE = 8;
/** How many connections to MongoDB may be added when more requests happen to overlap than before; they stay. */
const POOL_GROWTH = 3 * AT_ONCE;
const LIMIT_MS = isLong ? 900_000 : 120_000;

let deployment: Deployment;
let client: StreamingClient;

/** Without a worker: what has gone is what the web process itself has cleaned up. */
beforeEach(async () => {
  deployment = await Deployment.prepare({ owns: ["mongo"] });
  await deployment.startPart("web");
  client = await StreamingClient.register(deployment.url);
});

afterEach(() => deployment.close());

async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, act));
  }
}

/**
 * Does something a few times, so that all pools are as large as they will be, then many times, and compares the web process
 * before and after.
 */
async function growthOver(times: number, act: () => Promise<void>) {
  const { pid } = deployment.process("web");
  await repeat(5 * AT_ONCE, act);
  const files = openFileCount(pid);
  const bytes = memoryBytes(pid, "VmRSS");
  await repeat(times, act);
  await untilAnswered(() =>
    Promise.resolve(openFileCount(pid) <= files + POOL_GROWTH || undefined),
  );
  return memoryBytes(pid, "VmRSS") - bytes;
}

/** The beginning of an upload through one of the doors, cut anywhere, also within a part's header. */
function begunUpload(): SentRequest {
  const content = makeContent(UPLOAD_BYTES);
  if (randomInt(2) === 0) {
    return {
      method: "PUT",
      path: "/api/v1/files?name=abandoned",
      headers: { "Content-Length": String(content.sizeBytes) },
      body: beginningOf(content.bytes(), randomInt(content.sizeBytes)),
    };
  }
  const files = ["a", "b"].map((name) => ({ name, content: makeContent(UPLOAD_BYTES / 2) }));
  const { headers, body } = formOf(files);
  const length = randomInt(10) === 0 ? randomInt(100) : randomInt(UPLOAD_BYTES);
  return { method: "POST", path: "/api/v1/upload", headers, body: beginningOf(body, length) };
}

const remains = async (db: Db) => ({
  entries: await db.collection("uploads").countDocuments(),
  chunks: await db.collection("blobs.chunks").countDocuments(),
  reserving: await db
    .collection("accounts")
    .countDocuments({ "reservations.0": { $exists: true } }),
});

describe("Clients that go away", () => {
  test(
    `in the middle of ${UPLOADS} uploads leave no socket, no memory, no ledger entry, no reservation and not one chunk behind`,
    async () => {
      const growthBytes = await growthOver(UPLOADS, () => client.abandon(begunUpload()));

      expect(growthBytes).toBeLessThan(64 * MIB);
      expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
      expect(await deployment.withDb(remains)).toEqual({ entries: 0, chunks: 0, reserving: 0 });
      expect(await client.list()).toEqual([]);
      expect(deployment.failures("web")).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    `in the middle of ${DOWNLOADS} downloads leave no socket, no memory and no cursor behind`,
    async () => {
      const content = makeContent(8 * MIB);
      const { json } = await client.put("large", content.bytes(), content.sizeBytes);
      const cursorsBefore = await deployment.withDb(openCursorCount);

      const growthBytes = await growthOver(DOWNLOADS, () => goAwayAfter(json.id, randomInt(MIB)));

      expect(growthBytes).toBeLessThan(64 * MIB);
      expect(await deployment.withDb(openCursorCount)).toBeLessThanOrEqual(cursorsBefore);
      expect(deployment.failures("web")).toEqual([]);
    },
    LIMIT_MS,
  );
});

/** Reads so many bytes of a file, and goes away. */
async function goAwayAfter(id: string, bytes: number): Promise<void> {
  const response = await client.send({ method: "GET", path: `/api/v1/files/${id}` });
  let received = 0;
  for await (const piece of response) {
    received += (piece as Buffer).length;
    if (received > bytes) break;
  }
}
