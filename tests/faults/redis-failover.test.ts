import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { untilAnswered } from "../support/eventually.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { needs } from "../support/needs.js";
import { freePort, startRedisServer } from "../support/processes.js";
import { StreamingClient } from "../support/streaming-client.js";
import { SwitchingProxy } from "../support/switching-proxy.js";
import { until, type WatchedProcess } from "../support/watched-process.js";

const { describe } = needs("redis-server");

const QUICK_DISKLESS = ["--repl-diskless-sync-delay", "0"];

/** So long may web and worker take to find the new master. */
const BACK_WITHIN_MS = 15_000;

let servers: WatchedProcess[];
let admins: Redis[];
let proxy: SwitchingProxy;
let deployment: Deployment;

beforeEach(async () => {
  const ports = [await freePort(), await freePort()] as const;
  servers = await Promise.all(ports.map((port) => startRedisServer(port, QUICK_DISKLESS)));
  admins = ports.map((port) => new Redis(port, "127.0.0.1"));
  proxy = await SwitchingProxy.start(ports[0]);
  deployment = await Deployment.start({
    settings: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` },
  });
});

afterEach(async () => {
  await deployment.close();
  await proxy.close();
  for (const admin of admins) admin.disconnect();
  await Promise.all(servers.map((server) => server.stop("SIGKILL")));
});

const portOf = (admin: Redis | undefined) => admin?.options.port ?? 0;

async function follow(replica: Redis | undefined, master: Redis | undefined): Promise<void> {
  await replica?.replicaof("127.0.0.1", portOf(master));
  await until(async () =>
    ((await replica?.info("replication")) ?? "").includes("master_link_status:up"),
  );
}

const begin = (client: StreamingClient) =>
  client.ask({
    method: "POST",
    path: "/api/v1/uploads",
    headers: {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": "5",
      "Upload-Metadata": `filename ${Buffer.from("tus").toString("base64")}`,
      "Content-Type": "application/offset+octet-stream",
    },
    body: [Buffer.from("hello")],
  });

async function untilStatus(expected: number, ask: () => Promise<number>): Promise<number> {
  let last = 0;
  const isThere = async () => ((last = await ask()) === expected ? last : undefined);
  return untilAnswered(isThere, BACK_WITHIN_MS).catch(() => last);
}

describe("a Redis whose replica becomes the master", () => {
  test("is found by web and worker, which keep no connection to the old master", async () => {
    const [old, next] = admins;
    await follow(next, old);
    const client = await StreamingClient.register(deployment.url);
    const content = makeContent(100_000);

    await next?.replicaof("NO", "ONE");
    await follow(old, next);
    proxy.target = portOf(next);

    const resumable = await untilStatus(201, async () => (await begin(client)).status);
    const stored = await client.put("stored", content.bytes(), content.sizeBytes);
    const me = await client.ask({ method: "GET", path: "/api/v1/me" });
    const ready = async () => (await fetch(`${deployment.url}/readyz`)).status;
    const readiness = await untilStatus(200, ready);
    const inspected = await untilAnswered(async () => {
      const states = (await client.list()).map(({ state }) => state);
      return states.includes("processing") ? undefined : states;
    }, BACK_WITHIN_MS);

    expect([resumable, stored.status, me.status]).toEqual([201, 201, 200]);
    expect(readiness).toBe(200);
    expect(inspected).toEqual(["ready", "ready"]);
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(deployment.failures("web")).toEqual([]);
  });
});

describe("a Redis that answers and takes no writes", () => {
  test.each([
    ["its memory is full", ["maxmemory", "1"], ["maxmemory", "0"]],
    ["too few replicas follow it", ["min-replicas-to-write", "1"], ["min-replicas-to-write", "0"]],
  ] as const)("because %s makes the web process not ready", async (_why, refusing, taking) => {
    const [redis] = admins;
    const ready = async () => (await fetch(`${deployment.url}/readyz`)).json();

    await redis?.config("SET", ...refusing);
    const refused = await ready();
    await redis?.config("SET", ...taking);
    await deployment.untilReady();

    expect(refused).toMatchObject({
      status: "unavailable",
      mongodb: "ok",
      redis: "unavailable",
    });
  });

  test("because it is a replica that follows nobody makes the web process not ready, until it is a master", async () => {
    const [redis] = admins;

    await redis?.replicaof("127.0.0.1", portOf(admins[1]) + 1);
    const refused = await fetch(`${deployment.url}/readyz`);
    await redis?.replicaof("NO", "ONE");
    await deployment.untilReady();

    expect(refused.status).toBe(503);
  });
});
