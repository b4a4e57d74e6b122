import type { Redis } from "../platform/redis.js";

/** How scans come out; `unavailable`: the scanner gave no verdict. */
export const SCAN_OUTCOMES = [
  "clean",
  "infected",
  "too-large",
  "encrypted",
  "unavailable",
] as const;
export type ScanOutcome = (typeof SCAN_OUTCOMES)[number];

/** How many scans there were of an outcome, and how long all of them took, in milliseconds. */
export interface ScanCount {
  readonly outcome: ScanOutcome;
  readonly count: number;
  readonly tookMs: number;
}

/** How all scans came out, counted by all workers together in Redis. They begin at 0 again when that is wiped. */
export class ScanOutcomes {
  readonly #redis: Redis;
  readonly #key: string;

  constructor({ redis, prefix }: { readonly redis: Redis; readonly prefix: string }) {
    this.#redis = redis;
    this.#key = `${prefix}:scan-outcomes`;
  }

  /** Makes nobody wait. What cannot be counted now is not counted. */
  count(outcome: ScanOutcome, tookMs: number): void {
    const counts = [
      this.#redis.hincrby(this.#key, outcome, 1),
      this.#redis.hincrby(this.#key, `${outcome}:ms`, Math.round(tookMs)),
    ];
    for (const each of counts) each.catch(() => undefined);
  }

  async list(): Promise<ScanCount[]> {
    const counts = await this.#redis.hgetall(this.#key);
    return SCAN_OUTCOMES.map((outcome) => ({
      outcome,
      count: Number(counts[outcome] ?? 0),
      tookMs: Number(counts[`${outcome}:ms`] ?? 0),
    }));
  }
}
