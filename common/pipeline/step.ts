import type { StepName } from "../versions/pipeline.js";
import type { Findings, VersionDoc } from "../versions/version.js";

/** What a step has found out about a content. It becomes part of the version. */
export type Found = Partial<Findings & Pick<VersionDoc, "quarantine">>;

/** How a step ends that could say something about the content. */
export interface StepResult {
  readonly outcome: "done" | "skipped" | "quarantine" | "failed";
  /** Why it was not done, in words that the owner may read; `null` where it was. */
  readonly reason: string | null;
  readonly found: Found;
}

/** A row of the pipeline's table. */
export interface Step {
  readonly name: StepName;
  /** Raise it when the step finds more than before: then the sweep repeats the step, slowly, for versions that an older one has seen. */
  readonly stepVersion: number;
  /** How often it is begun before it has `failed`. */
  readonly attempts: number;
  /** How long one attempt may take, in milliseconds. */
  readonly timeLimitMs: number;
  /** Whether the version has `failed` where the step has. If not, it is `ready` without it. */
  readonly isRequired: boolean;
  /**
   * May be repeated, also after a death in the middle.
   *
   * @throws What is no fault of the content. It is tried again.
   */
  run(version: VersionDoc, signal: AbortSignal): Promise<StepResult>;
}

/** The sum of the versions of some steps; see `VersionPipeline.seenVersion`. */
export const versionOfSteps = (steps: readonly Pick<Step, "stepVersion">[]): number =>
  steps.reduce((sum, { stepVersion }) => sum + stepVersion, 0);

/** A step cannot be done now, and is tried again. */
export class RetryError extends Error {
  /** In words that the owner may read. */
  readonly reason: string;
  /** Whether it is the content that may be at fault: then it is not tried for ever. */
  readonly isCounted: boolean;

  constructor(reason: string, { isCounted, cause }: { isCounted: boolean; cause: unknown }) {
    super(reason, { cause });
    this.name = new.target.name;
    this.reason = reason;
    this.isCounted = isCounted;
  }
}
