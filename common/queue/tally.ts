import type { Redis } from "../platform/redis.js";

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Minutes that are over stay a little longer, for processes whose clocks differ. */
const KEPT_SECONDS = (MINUTES + 5) * 60;

/** How often something ended so: since Redis was wiped last, and lately. */
export interface Tallied<N extends string, O extends string> {
  readonly name: N;
  readonly outcome: O;
  readonly count: number;
}

export interface RecentlyTallied<N extends string, O extends string> extends Tallied<N, O> {
  /** In the last full minute. */
  readonly lastMinute: number;
  /** In the last 60 full minutes, and in the one that runs. */
  readonly lastHour: number;
}

interface Options<N extends string, O extends string> {
  readonly redis: Redis;
  readonly prefix: string;
  /** Names the hashes in Redis. */
  readonly key: string;
  readonly names: readonly N[];
  readonly outcomes: readonly O[];
  readonly now: () => Date;
}

/** Counts how things end, for all processes together, in Redis. It begins at 0 again when that is wiped. */
export class Tally<N extends string, O extends string> {
  readonly #options: Options<N, O>;

  constructor(options: Options<N, O>) {
    this.#options = options;
  }

  /** Makes nobody wait. What cannot be counted now is not counted. */
  count(name: N, outcome: O): void {
    const { redis } = this.#options;
    const field = fieldOf(name, outcome);
    const minute = this.#minuteKey(0);
    void Promise.all([
      redis.hincrby(this.#key, field, 1),
      redis.hincrby(minute, field, 1),
      redis.expire(minute, KEPT_SECONDS),
    ]).catch(() => undefined);
  }

  async list(): Promise<Tallied<N, O>[]> {
    const counts = await this.#options.redis.hgetall(this.#key);
    return this.#rows((field) => ({ count: Number(counts[field] ?? 0) }));
  }

  /** Costs 62 commands in one message: for people who look, not for programs that ask all the time. */
  async listRecent(): Promise<RecentlyTallied<N, O>[]> {
    const { redis } = this.#options;
    const keys = Array.from({ length: MINUTES + 1 }, (_, ago) => this.#minuteKey(ago));
    const [all = {}, ...minutes] = await Promise.all(
      [this.#key, ...keys].map((key) => redis.hgetall(key)),
    );
    const sum = (counts: readonly Record<string, string>[], field: string) =>
      counts.reduce((total, minute) => total + Number(minute[field] ?? 0), 0);
    return this.#rows((field) => ({
      count: sum([all], field),
      lastMinute: sum(minutes.slice(1, 2), field),
      lastHour: sum(minutes, field),
    }));
  }

  #rows<T>(figures: (field: string) => T): (T & { readonly name: N; readonly outcome: O })[] {
    const { names, outcomes } = this.#options;
    return names.flatMap((name) =>
      outcomes.map((outcome) => ({ name, outcome, ...figures(fieldOf(name, outcome)) })),
    );
  }

  get #key(): string {
    return `${this.#options.prefix}:${this.#options.key}`;
  }

  #minuteKey(minutesAgo: number): string {
    const minute = Math.floor(this.#options.now().getTime() / MINUTE_MS) - minutesAgo;
    return `${this.#key}:${minute}`;
  }
}

const fieldOf = (name: string, outcome: string) => `${name} ${outcome}`;
