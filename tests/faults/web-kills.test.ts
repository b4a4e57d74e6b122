import { afterEach, expect, test } from "@jest/globals";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { startLoads } from "./load.js";
import { until } from "../support/watched-process.js";
import { isLong } from "../support/long.js";

const KILLS = isLong ? 50 : 3;
const LONGEST_PAUSE_MS = isLong ? 900 : 450;

let deployment: Deployment;

afterEach(() => deployment.close());

test(
  `A web process that is killed at ${KILLS} random moments of uploads loses nothing that it acknowledged and leaves nothing else`,
  async () => {
    deployment = await Deployment.start();
    const loads = await startLoads(deployment.url);

    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(randomInt(100, LONGEST_PAUSE_MS));
      await deployment.kill("web");
      await deployment.startPart("web");
    }
    await until(() => loads.every(({ acknowledged }) => acknowledged > KILLS));
    await Promise.all(loads.map((load) => load.stop()));

    expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
    for (const load of loads) {
      expect(await load.faults()).toEqual([]);
      expect(load.acknowledged).toBeGreaterThan(KILLS);
    }
  },
  KILLS * 6000 + 120_000,
);
