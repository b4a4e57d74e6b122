import type { Redis } from "../platform/redis.js";
import { newId } from "../platform/ids.js";
import { PART_NAMES, type PartName, type PartState, type PartStates } from "./abilities.js";

/** How often a worker reports, in milliseconds. */
export const REPORTED_EVERY_MS = 10_000;

/** A report that is older is of a worker that has ended, in milliseconds. */
const FRESH_MS = 3.5 * REPORTED_EVERY_MS;

interface Deps {
  readonly redis: Redis;
  /** The prefix of all keys; the key here is `<prefix>:workers`. */
  readonly prefix: string;
  readonly now: () => Date;
}

/** What one worker has said of itself. A worker of another release may know fewer parts. */
export type WorkerReport = Readonly<Partial<PartStates>>;

/** What the workers say that they can do. It is in Redis: when that is wiped, the workers report again. */
export class WorkerReports {
  readonly #deps: Deps;
  readonly #key: string;
  readonly #workerId = newId();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#key = `${deps.prefix}:workers`;
  }

  /** Stores the report of this process, instead of an earlier one. */
  async store(parts: PartStates): Promise<void> {
    const { redis, now } = this.#deps;
    const report = JSON.stringify({ at: now().getTime(), parts });
    await redis.hset(this.#key, this.#workerId, report);
    await redis.pexpire(this.#key, FRESH_MS);
  }

  /** Takes the report of this process back, when it ends. */
  async remove(): Promise<void> {
    await this.#deps.redis.hdel(this.#key, this.#workerId);
  }

  /** One report of each worker that runs. Those of workers that have ended are removed. */
  async list(): Promise<WorkerReport[]> {
    const { redis, now } = this.#deps;
    const stored = Object.entries(await redis.hgetall(this.#key));
    const isFresh = (json: string) => Math.abs(now().getTime() - timeOf(json)) <= FRESH_MS;
    const stale = stored.filter(([, json]) => !isFresh(json)).map(([id]) => id);
    if (stale.length > 0) await redis.hdel(this.#key, ...stale);
    return stored.filter(([, json]) => isFresh(json)).map(([, json]) => partsOf(json));
  }
}

interface StoredReport {
  readonly at: number;
  readonly parts: Readonly<Record<string, PartState>>;
}

const timeOf = (json: string): number => (JSON.parse(json) as StoredReport).at;

function partsOf(json: string): WorkerReport {
  const { parts } = JSON.parse(json) as StoredReport;
  const isKnown = ([name]: [string, PartState]) => PART_NAMES.includes(name as PartName);
  return Object.fromEntries(Object.entries(parts).filter(isKnown));
}
