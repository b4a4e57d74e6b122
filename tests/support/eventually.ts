import { setTimeout } from "node:timers/promises";

const MOST_TRIES = 1000;

/** Looks again and again until what it finds is as it should be; after 20 s it says what it found last. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  isAsExpected: (found: T) => boolean,
): Promise<T> {
  let found = await look();
  for (let tries = 0; !isAsExpected(found); tries += 1) {
    if (tries === MOST_TRIES) throw new Error(`It stays ${JSON.stringify(found)}`);
    await setTimeout(20);
    found = await look();
  }
  return found;
}

/**
 * Asks again and again until there is an answer; an error is no answer yet.
 *
 * @throws the last error, or that there was no answer, after `limitMs`.
 */
export async function untilAnswered<T>(
  ask: () => Promise<T | undefined>,
  limitMs = 60_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (Date.now() > end) throw error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`There was no answer for ${limitMs} ms`);
    await setTimeout(50);
  }
}
