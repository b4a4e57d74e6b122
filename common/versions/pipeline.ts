/** What is done with each new content, in this order. */
export const STEP_NAMES = ["inspect", "scan", "preview", "describe", "index"] as const;

export type StepName = (typeof STEP_NAMES)[number];

/**
 * - `running`: somebody is at it, or died of it.
 * - `retry`: it could not be done now, and will be tried again.
 * - `done`: it is over.
 * - `skipped`: it does not apply, or is switched off; `reason` says which.
 * - `quarantine`: the content is harmful.
 * - `failed`: it cannot be done with this content.
 */
export type StepOutcome = "running" | "retry" | "done" | "skipped" | "quarantine" | "failed";

/** How far a step has come with a version. */
export interface StepRecord {
  /** Which version of the step it was. */
  stepVersion: number;
  outcome: StepOutcome;
  /** Why it was not done, in words that its owner may read; `null` where it was. */
  reason: string | null;
  /** How often it was begun, also by processes that died. An attempt that failed for want of a key or a store does not count. */
  attempts: number;
  startedAt: Date;
  /** `null` while it is running. */
  endedAt: Date | null;
}

/** Whether a step has come to an end, whatever it was. */
export const isStepOver = (known: StepRecord | undefined): boolean =>
  known !== undefined && known.outcome !== "running" && known.outcome !== "retry";

export type StepRecords = Readonly<Partial<Record<StepName, StepRecord>>>;

/** How far the pipeline of a version has come. */
export interface VersionPipeline {
  /** Since when it waits for a worker. Missing: there is nothing to do. */
  dueAt?: Date;
  /** Part of the job's id, so that a replay is a new job. */
  generation: number;
  /** Until when nobody else may work on it; `null` while nobody does. */
  leaseUntil: Date | null;
  /** The sum of the versions of the steps that have seen it. When it is lower than the sum of the current steps, one of them is newer. */
  seenVersion: number;
  steps: StepRecords;
}

/** The pipeline of a version that is new. */
export function newPipeline(dueAt: Date): VersionPipeline {
  return { dueAt, generation: 0, leaseUntil: null, seenVersion: 0, steps: {} };
}
