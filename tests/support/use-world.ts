import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { eventually } from "./eventually.js";
import { type Leftovers, NOTHING_LEFT } from "./invariants.js";
import { World, type WorldConfig } from "./world.js";

/** As pino has it. */
const ERROR_LEVEL = 50;

interface Options {
  /** Tests that damage the store themselves look after themselves. */
  readonly isDamaged?: boolean;
}

/**
 * Gives a test file a world of its own, and holds it to the invariants after every test: once all that is queued is done, nothing
 * is left over, the stored bytes are those that were sent, usage is exact, nothing failed unexpectedly, and no secret is
 * in the log.
 */
export function useWorld(
  changes: Partial<WorldConfig> = {},
  { isDamaged = false }: Options = {},
): () => World {
  let world: World;
  let seenLines = 0;

  beforeAll(async () => {
    world = await World.start(changes);
  });

  afterEach(async () => {
    if (isDamaged) await world.settle();
    else {
      await expectNothingLeft(world);
      expect(failuresIn(world.logs.lines.slice(seenLines))).toEqual([]);
    }
    seenLines = world.logs.lines.length;
    expect(world.logs.text()).not.toMatch(SECRET);
  });

  afterAll(async () => {
    if (!isDamaged) await expectSweepIsHarmless(world);
  });

  // A hook of its own: Jest runs it also when the one before fails, or takes too long.
  afterAll(() => world.close());

  return () => world;
}

/** A request that was cut off is over a moment later than its client is, and what it leaves is for the sweep. */
async function expectNothingLeft(world: World): Promise<void> {
  const isNothing = (left: Leftovers) => isDeepStrictEqual(left, NOTHING_LEFT);
  const settle = async () => {
    await world.settle();
    const left = await world.leftovers();
    if (!isNothing(left)) await world.sweep();
    return left;
  };
  await eventually(settle, isNothing);
}

/** When everything is done, a sweep finds nothing to do. */
async function expectSweepIsHarmless(world: World): Promise<void> {
  await world.sweep();
  await expectNothingLeft(world);
}

/** What the tests' passwords, cookies, tokens and API keys look like, and what a password is hashed to. */
const SECRET = /seven-purple-owls|stowage_session=|argon2id|stwr?_[\w-]{22}|eyJhbGciOi/;

const failuresIn = (lines: World["logs"]["lines"]) =>
  lines.filter(({ level }) => Number(level) >= ERROR_LEVEL);
