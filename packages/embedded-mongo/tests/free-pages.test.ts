import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openEnvironment } from "../src/storage/environment.js";
import { isLong } from "./long.js";
import { lineOf, PageChurn } from "./page-churn.js";
import { createFolder } from "./server/running-server.js";

/** Of 4 to 12 thousand values each; the long form is some minutes. */
const ROUNDS = isLong ? 25 : 2;
const TIMEOUT_MS = isLong ? 20 * 60_000 : 60_000;
const SEEDS = isLong ? [1, 2, 3, 4] : [4];

let world: ReturnType<typeof createFolder>;
beforeEach(() => {
  world = createFolder();
});
afterEach(() => {
  world.remove();
});

/*
 * A page that is given out twice, or a list of free pages that cannot be read any more, shows only after many transactions of
 * large and small values. lmdb 3.5.6 failed here in the second round of seed 4 when its list was kept short, and elsewhere after some
 * ten thousand transactions with its own limits.
 */
test.each(SEEDS)(
  "pages of what was deleted are given out again, and once: seed %i",
  async (seed) => {
    const churn = new PageChurn(seed);
    const first = openEnvironment(world.folder);
    for (let round = 0; round < ROUNDS; round++) await churn.round(first);
    const bytes = first.sizeOnDiskBytes();
    await first.close();

    const second = openEnvironment(world.folder);

    expect([...second.documents.getRange()].map(lineOf)).toEqual(churn.expectedDocuments());
    expect([...second.indexes.getKeys()].length).toBe(churn.expectedEntries());
    expect(bytes).toBeLessThan(3 * churn.mostBytes);
    await second.close();
  },
  TIMEOUT_MS,
);
