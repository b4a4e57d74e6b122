import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { needs } from "../support/needs.js";
import { StreamingClient } from "../support/streaming-client.js";
import { until } from "../support/watched-process.js";

const { describe } = needs("redis-server");

/** So long the server takes for each key that it loads, until the test lets it go on, in microseconds. */
const LOADING_DELAY = "100000";

let folder: string;
let deployment: Deployment;
let client: StreamingClient;
let admin: Redis;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stowage-redis-"));
  deployment = await Deployment.start({
    owns: ["redis"],
    redisOptions: [
      ...["--dir", folder, "--save", "3600 100000"],
      ...["--key-load-delay", LOADING_DELAY, "--loading-process-events-interval-bytes", "1024"],
    ],
    settings: { DEPENDENCY_TIMEOUT_MS: "1000" },
  });
  client = await StreamingClient.register(deployment.url);
  // Without its check for readiness it also speaks to a server that is loading.
  admin = new Redis(deployment.redisUrl, { enableReadyCheck: false });
  admin.on("error", () => undefined);
});

afterEach(async () => {
  admin.disconnect();
  await deployment.close();
  rmSync(folder, { recursive: true });
});

async function snapshot(outcome: "ok" | "err"): Promise<void> {
  await admin.bgsave();
  await until(async () => {
    const persistence = await admin.info("persistence");
    const isOver = persistence.includes("rdb_bgsave_in_progress:0");
    return isOver && persistence.includes(`rdb_last_bgsave_status:${outcome}`);
  });
}

async function readiness() {
  const { status } = await fetch(`${deployment.url}/readyz`);
  return status;
}

/** Begins a resumable upload. @returns What appends its only byte, which needs a lease in Redis. */
async function beginResumable() {
  const tus = { "Tus-Resumable": "1.0.0" };
  const metadata = `filename ${Buffer.from("resumable").toString("base64")}`;
  const { headers } = await client.ask({
    method: "POST",
    path: "/api/v1/uploads",
    headers: { ...tus, "Upload-Length": "1", "Upload-Metadata": metadata },
  });
  const { pathname } = new URL(headers.location ?? "", deployment.url);
  const type = { "Content-Type": "application/offset+octet-stream" };
  return () =>
    client.ask({
      method: "PATCH",
      path: pathname,
      headers: { ...tus, ...type, "Upload-Offset": "0", "Content-Length": "1" },
      body: [Buffer.from("x")],
    });
}

const store = (name: string) => client.put(name, makeContent(1000).bytes(), 1000);

/** Everything works again, and nothing of the fault is left. */
async function expectRecovery(append: () => Promise<{ status: number }>): Promise<void> {
  await deployment.untilReady();
  expect((await append()).status).toBe(204);
  expect((await store("after")).status).toBe(201);
  const inspected = await untilAnswered(async () => {
    const states = (await client.list()).map(({ state }) => state);
    return states.includes("processing") ? undefined : new Set(states);
  }, 90_000);
  expect(inspected).toEqual(new Set(["ready"]));
  expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  expect(deployment.failures("web")).toEqual([]);
}

describe("a Redis", () => {
  test("that refuses writes because it cannot save makes the web process not ready, and requests that need a lease 503, until it can", async () => {
    const append = await beginResumable();
    // A snapshot cannot take the name of a folder.
    const inTheWay = join(folder, "dump.rdb");
    mkdirSync(inTheWay);
    await snapshot("err");

    const refused = await append();
    const stored = await store("meanwhile");
    const status = await readiness();
    rmdirSync(inTheWay);
    await snapshot("ok");

    expect([refused.status, refused.json.code]).toEqual([503, "unavailable"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    // The sweep queues the job.
    expect(stored.status).toBe(201);
    expect(status).toBe(503);
    await expectRecovery(append);
  }, 300_000);

  test("that is still loading makes the web process not ready, and requests that need a lease 503, until it has loaded", async () => {
    const append = await beginResumable();
    const filler = Array.from({ length: 1000 }, (_none, n) => [`filler:${n}`, "x".repeat(n)]);
    await admin.config("SET", "rdbcompression", "no");
    await admin.mset(Object.fromEntries(filler) as Record<string, string>);
    await snapshot("ok");
    await deployment.kill("redis");
    const started = deployment.startPart("redis");
    await until(async () => {
      const persistence = await admin.info("persistence").catch(() => "");
      return persistence.includes("loading:1");
    });

    const refused = await append();
    const stored = await store("meanwhile");
    const status = await readiness();
    const persistence = await admin.info("persistence");
    await admin.config("SET", "key-load-delay", "0");
    await started;

    expect(persistence).toContain("loading:1");
    expect([refused.status, refused.json.code]).toEqual([503, "unavailable"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect([stored.status, status]).toEqual([201, 503]);
    await expectRecovery(append);
  }, 300_000);
});
