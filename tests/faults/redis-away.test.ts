import { afterEach, expect, test } from "@jest/globals";
import { Client, somebody } from "../support/client.js";
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

/** Who is signed in, as each web process says. */
const whoIs = async (client: StreamingClient) =>
  (await client.ask({ method: "GET", path: "/api/v1/me" })).status;

const TUS = { "Tus-Resumable": "1.0.0" };

/** Begins a resumable upload of five bytes. @returns Its path. */
async function beginResumable(client: StreamingClient): Promise<string> {
  const name = Buffer.from("resumable").toString("base64");
  const { status, headers } = await client.ask({
    method: "POST",
    path: "/api/v1/uploads",
    headers: { ...TUS, "Upload-Length": "5", "Upload-Metadata": `filename ${name}` },
  });
  expect(status).toBe(201);
  return new URL(headers.location ?? "", deployment.url).pathname;
}

const append = (client: StreamingClient, path: string) =>
  client.ask({
    method: "PATCH",
    path,
    headers: {
      ...TUS,
      "Upload-Offset": "0",
      "Content-Type": "application/offset+octet-stream",
      "Content-Length": "5",
    },
    body: [Buffer.from("hello")],
  });

describe("a Redis that is killed and comes back empty", () => {
  test("signs nobody out and loses no work: what is acknowledged is there, and becomes ready", async () => {
    deployment = await Deployment.start({ owns: ["redis"] });
    const client = await StreamingClient.register(deployment.url);
    await deployment.kill("worker");
    const load = new Load(client, { maxBytes: 300_000 }).start(4);
    await until(() => load.acknowledged > 5);

    await deployment.kill("redis");
    const before = load.acknowledged;
    await until(() => load.acknowledged > before + 20);
    await deployment.startPart("redis");
    await deployment.untilReady();
    const back = load.acknowledged;
    await until(() => load.acknowledged > back + 5);
    await load.stop();
    await deployment.startPart("worker");

    const statuses = [...load.counts.keys()].filter((status) => ![0, 204, 400].includes(status));
    expect([200, 201]).toEqual(expect.arrayContaining(statuses));
    expect(await whoIs(client)).toBe(200);
    expect(new Set(await untilInspected(client))).toEqual(new Set(["ready"]));
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(await load.faults()).toEqual([]);
    expect(deployment.failures("web")).toEqual([]);
  }, 400_000);
});

describe("while Redis is away", () => {
  test("uploads are stored and inspected later, resumable ones wait with 503, and web and worker are back by themselves", async () => {
    deployment = await Deployment.start({ owns: ["redis"] });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(500_000);
    const path = await beginResumable(client);
    await deployment.kill("redis");

    const stored = await client.put("away", content.bytes(), content.sizeBytes);
    const refused = await append(client, path);
    const readiness = await fetch(`${deployment.url}/readyz`);
    await deployment.startPart("redis");
    await deployment.untilReady();
    const appended = await append(client, path);

    expect([stored.status, readiness.status]).toEqual([201, 503]);
    expect([refused.status, refused.json.code]).toEqual([503, "unavailable"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(appended.status).toBe(204);
    expect(await untilInspected(client)).toEqual(["ready", "ready"]);
    expect((await client.download(stored.json.id)).sha256).toBe(digestOf(content));
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(deployment.failures("web")).toEqual([]);
  }, 300_000);

  test("people register, sign in and out, and end sessions", async () => {
    deployment = await Deployment.prepare({ owns: ["redis"] });
    await deployment.startPart("web");
    const person = somebody();
    const [here, elsewhere] = [new Client(deployment.url), new Client(deployment.url)];
    await deployment.kill("redis");

    const answers = [
      await here.post("/api/v1/register", person),
      await elsewhere.post("/api/v1/login", person),
      await here.delete("/api/v1/sessions"),
      await elsewhere.get("/api/v1/me"),
      await here.post("/api/v1/logout"),
      await here.get("/api/v1/me"),
    ];

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 204, 401, 204, 401]);
  });
});

describe("a Redis that hangs", () => {
  test("makes requests wait no longer than the time limit, and serves again as soon as it wakes", async () => {
    deployment = await Deployment.start({
      owns: ["redis"],
      settings: { DEPENDENCY_TIMEOUT_MS: "500" },
    });
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(1000);
    const path = await beginResumable(client);
    const { pid } = deployment.process("redis");

    process.kill(pid, "SIGSTOP");
    const stored = await client.put("hanging", content.bytes(), content.sizeBytes);
    const refused = await append(client, path);
    process.kill(pid, "SIGCONT");
    await deployment.untilReady();
    const appended = await append(client, path);

    expect(stored.status).toBe(201);
    expect([refused.status, refused.json.code]).toEqual([503, "unavailable"]);
    expect(appended.status).toBe(204);
    expect(await untilInspected(client)).toEqual(["ready", "ready"]);
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
