import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startWorld, type World } from "../server/running-server.js";
import { writeScript } from "./play.js";
import { scenarios } from "./scenario.js";
import { isLong } from "../long.js";

/*
 * STOWAGE_RANDOM_SEED repeats a run; it is printed with every failure.
 */
const seed = Number(process.env["STOWAGE_RANDOM_SEED"] ?? randomInt(2 ** 31));
const numRuns = isLong ? 5_000 : 150;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe("a random scenario", () => {
  test(
    `is answered alike with indexes, without, and by the reference (STOWAGE_RANDOM_SEED=${seed})`,
    async () => {
      let number = 0;
      const property = fc.asyncProperty(scenarios, async (scenario) => {
        const script = writeScript(scenario);
        const [indexed, plain] = ["i", "p"].map((name) => world.db.collection(`${name}${number}`));
        number += 1;
        if (indexed === undefined || plain === undefined) throw new TypeError("No collections");
        const [withIndexes, without] = await Promise.all([
          script.play(indexed, true),
          script.play(plain, false),
        ]);
        await Promise.all([indexed.drop(), plain.drop()]);
        const { expected } = script;
        expect({ withIndexes, without }).toEqual({ withIndexes: expected, without: expected });
      });
      await fc.assert(property, { seed, numRuns });
    },
    isLong ? 30 * 60_000 : 5 * 60_000,
  );
});
