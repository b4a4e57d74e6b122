import { afterEach, describe, expect, test } from "@jest/globals";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { untilAnswered } from "../support/eventually.js";
import { StreamingClient } from "../support/streaming-client.js";
import { until } from "../support/watched-process.js";
import { Load, startLoads } from "./load.js";
import { isLong } from "../support/long.js";

const KILLS = isLong ? 50 : 2;
const FREEZES = isLong ? 10 : 2;
const LONGEST_PAUSE_MS = isLong ? 1000 : 600;

let deployment: Deployment;

afterEach(() => deployment.close());

/** Starts everything on a MongoDB of its own, for which nobody waits longer than half a second. */
async function startImpatient(): Promise<StreamingClient> {
  const settings = { DEPENDENCY_TIMEOUT_MS: "500" };
  deployment = await Deployment.start({ owns: ["mongo"], settings });
  return StreamingClient.register(deployment.url);
}

describe("a MongoDB that is killed", () => {
  test(
    `${KILLS} times during uploads loses no acknowledged file, and everything recovers by itself`,
    async () => {
      deployment = await Deployment.start({ owns: ["mongo"] });
      const loads = await startLoads(deployment.url);
      const { pid } = deployment.process("web");
      await until(() => loads.every(({ acknowledged }) => acknowledged > 0));

      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(randomInt(200, LONGEST_PAUSE_MS));
        await deployment.kill("mongo");
        await sleep(randomInt(0, 500));
        await deployment.startPart("mongo");
      }
      await sleep(500);
      await Promise.all(loads.map((load) => load.stop()));

      expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
      for (const load of loads) {
        expect(await load.faults()).toEqual([]);
        expect(load.acknowledged).toBeGreaterThan(0);
      }
      expect(deployment.failures("web")).toEqual([]);
      expect(deployment.process("web").child.exitCode).toBeNull();
      expect(deployment.process("worker").child.exitCode).toBeNull();
      expect(deployment.process("web").pid).toBe(pid);
    },
    KILLS * 8000 + 120_000,
  );
});

describe("while MongoDB is away", () => {
  test("web and worker start, requests are answered 503 with Retry-After, and both serve when it comes", async () => {
    deployment = await Deployment.prepare({ owns: ["mongo"] });
    await deployment.kill("mongo");
    await deployment.startPart("web");
    await deployment.startPart("worker");

    const credentials = { username: "somebody", password: "seven-purple-owls" };
    const refused = await fetch(`${deployment.url}/api/v1/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(credentials),
    });
    const readiness = await fetch(`${deployment.url}/readyz`);
    const liveness = await fetch(`${deployment.url}/healthz`);
    await deployment.startPart("mongo");
    await deployment.untilReady();

    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: "unavailable" });
    expect([readiness.status, liveness.status]).toEqual([503, 200]);
    const client = await StreamingClient.register(deployment.url);
    const { status } = await client.put("afterwards", makeContent(1000).bytes());
    expect(status).toBe(201);
    await untilAnswered(async () => {
      const [file] = await client.list();
      return file?.state === "ready" || undefined;
    });
  });
});

describe("a MongoDB that freezes in the middle of an upload", () => {
  test("ends it with 503 and nothing stored, and the next try is stored when it goes on", async () => {
    const client = await startImpatient();
    const content = makeContent(8_000_000);
    const { pid } = deployment.process("mongo");

    const frozen = await client.ask({
      method: "PUT",
      path: "/api/v1/files?name=frozen",
      body: content.bytes(),
      onContinue: () => Promise.resolve(void process.kill(pid, "SIGSTOP")),
    });
    process.kill(pid, "SIGCONT");
    await deployment.untilReady();
    const again = await client.put("frozen", content.bytes(), content.sizeBytes);

    expect([frozen.status, frozen.json.code]).toEqual([503, "unavailable"]);
    expect(again.status).toBe(201);
    expect(await client.download(again.json.id)).toMatchObject({ sha256: digestOf(content) });
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("a MongoDB that freezes in the middle of many small uploads", () => {
  test("loses none that was acknowledged, and what was not is nowhere", async () => {
    const client = await startImpatient();
    const load = new Load(client, { maxBytes: 8000 }).start(24);
    const { pid } = deployment.process("mongo");
    await until(() => load.acknowledged > 0);

    for (let freeze = 0; freeze < FREEZES; freeze += 1) {
      await sleep(randomInt(200, 500));
      process.kill(pid, "SIGSTOP");
      await untilAnswered(() => Promise.resolve(isRefused(load, freeze) || undefined));
      process.kill(pid, "SIGCONT");
      await deployment.untilReady();
    }
    await load.stop();

    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(await load.faults()).toEqual([]);
    expect(load.acknowledged).toBeGreaterThan(0);
    expect(deployment.failures("web")).toEqual([]);
  }, 400_000);
});

/** Whether more requests were answered 503 than are under way at once, for each time that the store was away. */
const isRefused = ({ counts }: Load, times: number) => (counts.get(503) ?? 0) > 24 * times;

describe("connections to MongoDB that break in the middle of an upload", () => {
  test("do not end it where it is one of them, and end it with 503 and nothing stored where it is all", async () => {
    const content = makeContent(2_000_000);
    deployment = await Deployment.prepare({ owns: ["mongo"], hasProxy: true });
    await deployment.startPart("web");
    const client = await StreamingClient.register(deployment.url);
    const put = (name: string) => client.put(name, content.bytes(), content.sizeBytes);

    for (const bytes of [10_000, 700_000, 1_500_000]) {
      cutAfter(bytes, 1);
      const { status, json } = await put(`${bytes}`);
      expect(status).toBe(201);
      expect(await client.download(json.id)).toMatchObject({ sha256: digestOf(content) });
    }
    cutAfter(700_000, Number.POSITIVE_INFINITY);
    const broken = await put("cut");
    deployment.proxy.judge = () => "pass";
    await deployment.untilReady();
    const files = await client.list();
    const again = await put("cut");
    await deployment.startPart("worker");

    expect([broken.status, broken.json.code]).toEqual([503, "unavailable"]);
    expect(Number(broken.headers["retry-after"])).toBeGreaterThan(0);
    expect(files.map(({ name }) => name).sort()).toEqual(["10000", "1500000", "700000"]);
    expect(again.status).toBe(201);
    expect(await client.download(again.json.id)).toMatchObject({ sha256: digestOf(content) });
    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
  });
});

/** Breaks so many connections: the one that carries the byte at which a limit is passed, and those that carry anything afterwards. */
function cutAfter(limitBytes: number, times: number): void {
  let passedBytes = 0;
  let left = times;
  deployment.proxy.judge = ({ length }) => {
    passedBytes += length;
    if (passedBytes < limitBytes || left === 0) return "pass";
    left -= 1;
    return "cut";
  };
}
