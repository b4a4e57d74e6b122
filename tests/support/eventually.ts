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
