const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];

/** How long after a try the next one is, in milliseconds: together three days. */
const DELAYS_MS = [
  ...[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR],
  ...Array.from({ length: 8 }, () => 8 * HOUR),
];

/** The share of a delay that is left to chance and added, so that what failed together is not tried again together. */
const JITTER = 0.2;

/** So many tries in a row may fail before a webhook rests. */
const TRIES_BEFORE_REST = 4;

const SHORTEST_REST_MS = 5 * SECOND;
const LONGEST_REST_MS = 5 * MINUTE;

/**
 * How long to wait before the next try, in milliseconds.
 *
 * @param tries - How many were made, at least 1.
 * @param random - 0 to 1.
 * @returns `undefined` after the last.
 */
export function delayAfter(tries: number, random: number): number | undefined {
  const delayMs = DELAYS_MS[tries - 1];
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 + JITTER * random));
}

/**
 * How long a webhook sends nothing at all, in milliseconds: its endpoint seems to be away, and each try holds a place of the worker.
 *
 * @param failures - How many tries have failed since the last success.
 * @returns 0 for not at all.
 */
export function restAfter(failures: number): number {
  if (failures < TRIES_BEFORE_REST) return 0;
  return Math.min(SHORTEST_REST_MS * 2 ** (failures - TRIES_BEFORE_REST), LONGEST_REST_MS);
}
