import { afterEach, expect, test } from "@jest/globals";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { until } from "../support/watched-process.js";
import { untilAnswered } from "../support/eventually.js";
import { startPart } from "../support/processes.js";
import { StreamingClient } from "../support/streaming-client.js";
import { Load } from "./load.js";
import { needs } from "../support/needs.js";

const { describe } = needs("redis-server");

let deployment: Deployment;

afterEach(() => deployment.close());

/** Waits until no file is `processing`. @throws with what the worker said meanwhile. */
async function untilInspected(client: StreamingClient): Promise<string[]> {
  const look = async () => {
    const states = (await client.list()).map(({ state }) => state);
    return states.includes("processing") ? undefined : states;
  };
  try {
    return await untilAnswered(look);
  } catch (error) {
    throw new Error(deployment.process("worker").output, { cause: error });
  }
}

describe("a Redis that is killed and comes back empty", () => {
  test("signs people out and loses no work: what is acknowledged is there, and becomes ready", async () => {
    deployment = await Deployment.start({ owns: ["redis"] });
    const client = await StreamingClient.register(deployment.url);
    await deployment.kill("worker");
    const load = new Load(client, { maxBytes: 300_000 }).start(4);
    await until(() => load.acknowledged > 5);

    await deployment.kill("redis");
    await until(() => load.counts.has(503));
    await deployment.startPart("redis");
    await until(() => load.counts.has(401));
    await load.stop();
    await deployment.startPart("worker");
    await client.signIn();

    const statuses = [...load.counts.keys()].filter((status) => ![0, 204, 400].includes(status));
    expect([200, 201, 401, 503]).toEqual(expect.arrayContaining(statuses));
    expect(statuses).toEqual(expect.arrayContaining([201, 503]));
    expect(new Set(await untilInspected(client))).toEqual(new Set(["ready"]));
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(await load.faults()).toEqual([]);
    expect(deployment.failures("web")).toEqual([]);
  });
});

describe("while Redis is away", () => {
  test("an upload is answered 503 with Retry-After and nothing of it is stored, and web and worker are back by themselves", async () => {
    deployment = await Deployment.start({ owns: ["redis"] });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(500_000);
    await deployment.kill("redis");

    const refused = await client.put("away", content.bytes(), content.sizeBytes);
    const readiness = await fetch(`${deployment.url}/readyz`);
    const stored = await deployment.withDb((db) => db.collection("blobs.chunks").countDocuments());
    await deployment.startPart("redis");
    await deployment.untilReady();
    await client.signIn();
    const accepted = await client.put("back", content.bytes(), content.sizeBytes);

    expect([refused.status, refused.json.code, readiness.status]).toEqual([
      503,
      "unavailable",
      503,
    ]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(stored).toBe(0);
    expect(accepted.status).toBe(201);
    expect(await untilInspected(client)).toEqual(["ready"]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });

  test("an upload that began before Redis went away is stored, and inspected when Redis is back", async () => {
    deployment = await Deployment.start({ owns: ["redis"] });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(2_000_000);

    // Whoever is told to continue is known to be signed in, and stands in the ledger.
    const { status, json } = await client.ask({
      method: "PUT",
      path: "/api/v1/files?name=begun",
      headers: { "Content-Length": String(content.sizeBytes) },
      body: content.bytes(),
      onContinue: () => deployment.kill("redis"),
    });
    const readiness = await fetch(`${deployment.url}/readyz`);
    await deployment.startPart("redis");
    await deployment.untilReady();
    await client.signIn();

    expect([status, readiness.status]).toEqual([201, 503]);
    expect(await untilInspected(client)).toEqual(["ready"]);
    expect((await client.download(json.id)).sha256).toBe(digestOf(content));
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(deployment.failures("web")).toEqual([]);
  }, 120_000);
});

describe("a Redis that hangs", () => {
  test("makes requests wait no longer than the time limit, and serves again as soon as it wakes", async () => {
    deployment = await Deployment.start({
      owns: ["redis"],
      settings: { DEPENDENCY_TIMEOUT_MS: "500" },
    });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(1000);
    const { pid } = deployment.process("redis");

    process.kill(pid, "SIGSTOP");
    const refused = await client.put("hanging", content.bytes(), content.sizeBytes);
    process.kill(pid, "SIGCONT");
    await deployment.untilReady();
    const accepted = await client.put("awake", content.bytes(), content.sizeBytes);

    expect([refused.status, refused.json.code]).toEqual([503, "unavailable"]);
    expect(accepted.status).toBe(201);
    expect(await untilInspected(client)).toEqual(["ready"]);
  });
});

describe("a Redis that hangs for good", () => {
  test("keeps no process from stopping", async () => {
    deployment = await Deployment.start({
      owns: ["redis"],
      settings: { DEPENDENCY_TIMEOUT_MS: "500", SHUTDOWN_GRACE_SECONDS: "0" },
    });
    process.kill(deployment.process("redis").pid, "SIGSTOP");

    const codes = await Promise.all([
      deployment.process("web").stop("SIGTERM"),
      deployment.process("worker").stop("SIGTERM"),
    ]);

    expect(codes[0]).toBe(0);
    expect([0, 1]).toContain(codes[1]);
  });
});

describe("a Redis that evicts keys", () => {
  test("is refused by the worker, with a sentence that says what to change", async () => {
    deployment = await Deployment.prepare({
      owns: ["redis"],
      redisOptions: ["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"],
    });

    const worker = startPart("worker", deployment.settings);

    expect(await worker.untilEnded()).toBe(78);
    expect(worker.output).toContain("set maxmemory-policy to noeviction");
  });
});
