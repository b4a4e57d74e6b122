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
  test.each([
    { uploads: "parallel uploads", parallel: 8, maxBytes: 1_500_000 },
    { uploads: "many small uploads, whose writes share commands,", parallel: 24, maxBytes: 8000 },
  ])(
    `at ${KILLS} random moments of $uploads loses nothing that it acknowledged and leaves nothing else`,
    async ({ parallel, maxBytes }) => {
      const client = await StreamingClient.register(deployment.url);
      const load = new Load(client, { maxBytes }).start(parallel);

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
