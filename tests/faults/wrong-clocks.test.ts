import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Db } from "mongodb";
import { newBlobId, newId } from "../../common/platform/ids.js";
import type { UploadDoc } from "../../common/uploads/upload.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { startPart } from "../support/processes.js";
import { StreamingClient } from "../support/streaming-client.js";
import type { WatchedProcess } from "../support/watched-process.js";
import { wrongClock } from "../support/wrong-clock.js";

const TEN_MINUTES_MS = 600_000;
const HALF = Buffer.alloc(100_000, "x");

let deployment: Deployment;
let started: WatchedProcess[];

beforeEach(async () => {
  started = [];
  deployment = await Deployment.prepare({
    settings: { UPLOAD_LEASE_SECONDS: "300", RESUMABLE_UPLOAD_EXPIRY_SECONDS: "300" },
  });
});

afterEach(async () => {
  for (const process of started) await process.stop("SIGKILL");
  await deployment.close();
});

async function start(part: "api" | "worker", offMs: number): Promise<WatchedProcess> {
  const environment = { ...deployment.settings, ...wrongClock(deployment.folder, offMs) };
  const process = startPart(part, environment);
  started.push(process);
  await process.untilPrinted(part === "api" ? "The web process is ready" : "The worker is ready");
  return process;
}

/** Waits for a sweep that has begun after this was called: it takes an upload whose lease ended long ago. */
async function untilSwept(): Promise<void> {
  await deployment.withDb(async (db: Db) => {
    const uploads = db.collection<Partial<UploadDoc> & { _id: string }>("uploads");
    const _id = newId();
    const ids = { ownerId: newId(), versionId: newId(), blobId: newBlobId() };
    await uploads.insertOne({ _id, ...ids, state: "receiving", leaseUntil: new Date(0) });
    await untilAnswered(async () => (await uploads.findOne({ _id })) === null || undefined);
  });
}

async function* inTwoHalves(): AsyncGenerator<Buffer> {
  yield HALF;
  await untilSwept();
  yield HALF;
}

/** @returns The statuses of the two requests of a resumable upload. */
async function resume(client: StreamingClient): Promise<number[]> {
  const head = { "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream" };
  const name = Buffer.from("resumed").toString("base64");
  const created = await client.ask({
    method: "POST",
    path: "/api/v1/uploads",
    headers: { ...head, "Upload-Length": "200000", "Upload-Metadata": `filename ${name}` },
    body: [HALF],
  });
  await untilSwept();
  const { pathname } = new URL(created.headers.location ?? "", deployment.url);
  const appended = await client.ask({
    method: "PATCH",
    path: pathname,
    headers: { ...head, "Upload-Offset": String(HALF.length) },
    body: [HALF],
  });
  return [created.status, appended.status];
}

describe.each([
  { web: 0, worker: TEN_MINUTES_MS },
  { web: -TEN_MINUTES_MS, worker: 0 },
  { web: TEN_MINUTES_MS, worker: 0 },
])("a web process that is off by $web ms and a worker that is off by $worker ms", (off) => {
  test("lose no upload, and say that their clock is off", async () => {
    const processes = [await start("api", off.web), await start("worker", off.worker)];
    const client = await StreamingClient.register(deployment.url);

    const { status } = await client.put("slow", inTwoHalves(), 2 * HALF.length);
    const resumed = await resume(client);

    expect([status, ...resumed]).toEqual([201, 201, 204]);
    const isOff = processes.map(({ output }) =>
      output.includes("The clock of this process is not"),
    );
    expect(isOff).toEqual([off.web !== 0, off.worker !== 0]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });
});
