import type { Redis } from "../platform/redis.js";
import { JOB_NAMES, type JobName } from "./catalogue.js";
import { Tally } from "./tally.js";

/** What became of one try of a job: after `failed` comes another, after `given-up` none. */
export const JOB_OUTCOMES = ["done", "failed", "given-up"] as const;

export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** What became of all jobs, counted by all workers together. */
export type JobOutcomes = Tally<JobName, JobOutcome>;

interface Options {
  readonly redis: Redis;
  readonly prefix: string;
  readonly now: () => Date;
}

export const openJobOutcomes = (options: Options): JobOutcomes =>
  new Tally({ ...options, key: "job-outcomes", names: JOB_NAMES, outcomes: JOB_OUTCOMES });
