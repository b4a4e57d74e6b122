import { afterEach, expect } from "@jest/globals";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Deployment, type PartName } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { StreamingClient } from "../support/streaming-client.js";
import { Load } from "./load.js";
import { until } from "../support/watched-process.js";
import { isLong } from "../support/long.js";
import { needs } from "../support/needs.js";

const { test } = needs("redis-server");

const SECONDS = isLong ? 600 : 4;
const PAUSE_MS = isLong ? 5000 : 1000;
const PARTS: readonly PartName[] = ["web", "worker", "mongo", "redis"];

let deployment: Deployment;

afterEach(() => deployment.close());

test(
  `${SECONDS} seconds of load with a kill of any part every ${PAUSE_MS / 1000} lose nothing, and leave nothing`,
  async () => {
    deployment = await Deployment.start({ owns: ["mongo", "redis"] });
    const client = await StreamingClient.register(deployment.url);
    const load = new Load(client).start(4);

    // Each part is killed in the short form, too.
    for (let kill = 0; kill * PAUSE_MS < SECONDS * 1000; kill += 1) {
      await sleep(PAUSE_MS);
      const part = PARTS[kill < PARTS.length ? kill : randomInt(PARTS.length)] ?? "web";
      await deployment.kill(part);
      await deployment.startPart(part);
      if (part === "redis") await signInAgain(client);
    }
    await until(() => load.acknowledged > SECONDS);
    await load.stop();
    await deployment.untilReady();
    await signInAgain(client);

    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    expect(await load.faults()).toEqual([]);
    expect(load.acknowledged).toBeGreaterThan(SECONDS);
    expect(deployment.failures("web")).toEqual([]);
  },
  SECONDS * 2000 + 120_000,
);

/** A Redis that comes back empty has signed everybody out. */
async function signInAgain(client: StreamingClient): Promise<void> {
  await deployment.untilReady();
  await client.signIn();
}
