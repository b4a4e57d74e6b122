import { setTimeout as sleep } from "node:timers/promises";
import type { MongoClient } from "mongodb";

const PAUSE_MS = 1;

/** Pings once a millisecond while `work` runs. @returns The longest that an answer took, in milliseconds. */
export async function measureWaits(
  client: MongoClient,
  work: () => Promise<unknown>,
): Promise<number> {
  const done = new AbortController();
  const working = work().finally(() => {
    done.abort();
  });
  let longest = 0;
  while (!done.signal.aborted) {
    const startedAt = performance.now();
    await client.db("bench").command({ ping: 1 });
    longest = Math.max(longest, performance.now() - startedAt);
    await sleep(PAUSE_MS);
  }
  await working;
  return longest;
}
