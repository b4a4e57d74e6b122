import { setTimeout as sleep } from "node:timers/promises";

/** Says how much was done; resolves when more may be. */
export type Pace = (bytes: number, signal: AbortSignal) => Promise<void>;

/** Keeps reading to a rate: a fast reader waits, and a slow one may not catch up. */
export function createPace(bytesPerSecond: number): Pace {
  let dueAt = 0;
  return async (bytes, signal) => {
    const now = performance.now();
    dueAt = Math.max(dueAt, now) + (bytes / bytesPerSecond) * 1000;
    await sleep(dueAt - now, undefined, { signal });
  };
}

/** As fast as can be. */
export const unlimited: Pace = (_bytes, signal) => {
  signal.throwIfAborted();
  return Promise.resolve();
};
