import type { Redis } from "../platform/redis.js";
import { Tally } from "../queue/tally.js";
import { STEP_NAMES, type StepName, type StepOutcome } from "../versions/pipeline.js";

/** How an attempt at a step can end. */
export const STEP_OUTCOMES = ["done", "skipped", "retry", "quarantine", "failed"] as const;

/** What became of all attempts at steps, counted by all workers together. */
export type StepOutcomes = Tally<StepName, Exclude<StepOutcome, "running">>;

interface Options {
  readonly redis: Redis;
  readonly prefix: string;
  readonly now: () => Date;
}

export const openStepOutcomes = (options: Options): StepOutcomes =>
  new Tally({ ...options, key: "step-outcomes", names: STEP_NAMES, outcomes: STEP_OUTCOMES });
