import type { Redis } from "../platform/redis.js";
import { isJobName, JOB_NAMES, type JobName } from "./catalogue.js";

/** What became of one try of a job: after `failed` comes another, after `given-up` none. */
export const JOB_OUTCOMES = ["done", "failed", "given-up"] as const;

export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** How often tries of jobs of one kind ended so. */
export interface OutcomeCount {
  readonly name: JobName;
  readonly outcome: JobOutcome;
  readonly count: number;
}

/** What became of all jobs, counted by all workers together in Redis. They begin at 0 again when that is wiped. */
export class JobOutcomes {
  readonly #redis: Redis;
  readonly #key: string;

  constructor({ redis, prefix }: { readonly redis: Redis; readonly prefix: string }) {
    this.#redis = redis;
    this.#key = `${prefix}:job-outcomes`;
  }

  /** Makes nobody wait. What cannot be counted now is not counted. */
  count(name: string, outcome: JobOutcome): void {
    if (!isJobName(name)) return;
    void this.#redis.hincrby(this.#key, fieldOf(name, outcome), 1).catch(() => undefined);
  }

  async list(): Promise<OutcomeCount[]> {
    const counts = await this.#redis.hgetall(this.#key);
    return JOB_NAMES.flatMap((name) =>
      JOB_OUTCOMES.map((outcome) => ({
        name,
        outcome,
        count: Number(counts[fieldOf(name, outcome)] ?? 0),
      })),
    );
  }
}

const fieldOf = (name: JobName, outcome: JobOutcome) => `${name} ${outcome}`;
