import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Deployment } from "../support/deployment.js";
import { NOTHING_LEFT } from "../support/invariants.js";
import { StreamingClient } from "../support/streaming-client.js";
import { Load } from "./load.js";
import { isLong } from "../support/long.js";

const KILLS = isLong ? 50 : 5;
const LONGEST_PAUSE_MS = isLong ? 900 : 450;

let deployment: Deployment;

beforeEach(async () => {
  deployment = await Deployment.start();
});

afterEach(() => deployment.close());

describe("a web process that is killed", () => {
  test(
    `at ${KILLS} random moments of parallel uploads loses nothing that it acknowledged and leaves nothing else`,
    async () => {
      const load = new Load(await StreamingClient.register(deployment.url)).start(8);

      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(randomInt(100, LONGEST_PAUSE_MS));
        await deployment.kill("web");
        await deployment.startPart("web");
      }
      await sleep(500);
      await load.stop();

      expect(await deployment.leftovers()).toEqual(NOTHING_LEFT);
      expect(await load.faults()).toEqual([]);
      expect(load.acknowledged).toBeGreaterThan(KILLS);
    },
    KILLS * 6000 + 60_000,
  );
});
