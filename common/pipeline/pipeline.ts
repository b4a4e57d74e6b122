import type { EntriesRepository } from "../entries/repository.js";
import { AppError, BusyError, UnavailableError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { EncryptionKeyError } from "../storage/errors.js";
import { isStepOver, type StepRecord } from "../versions/pipeline.js";
import {
  isPreviewed,
  type OverState,
  shownFindings,
  type VersionDoc,
} from "../versions/version.js";
import type { PipelineLease, PipelineRepository } from "./repository.js";
import type { StepOutcomes } from "./step-outcomes.js";
import { RetryError, type Step, type StepResult, versionOfSteps } from "./step.js";

/** What is said of a step that was begun too often. */
const GIVEN_UP = "every attempt was cut short";

interface Deps {
  readonly steps: readonly Step[];
  readonly pipelines: PipelineRepository;
  readonly entries: Pick<EntriesRepository, "showInspection">;
  readonly stepOutcomes: Pick<StepOutcomes, "count">;
  readonly now: () => Date;
  /** How long an attempt keeps others away, in milliseconds. */
  readonly leaseMs: number;
}

interface Run {
  readonly lease: PipelineLease;
  readonly signal: AbortSignal;
}

/** Another worker has the lease now, and does the rest. */
class LeaseLostError extends Error {}

/**
 * Does the steps of a table with each new version, and makes it `ready`, `quarantined` or `failed`. The outcome of each step is stored in the
 * version, so any worker can continue after a crash.
 */
export class Pipeline {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * May be repeated, also at the same time. It does nothing when another worker has the version, or when nothing is due. After a crash, the version
   * waits until the lease ends.
   *
   * @throws What is no fault of the content, such as a store that is away. Try again later.
   */
  async run(ownerId: Id, versionId: Id, signal: AbortSignal): Promise<void> {
    const { pipelines, now, leaseMs } = this.#deps;
    const at = now();
    const lease = { ownerId, versionId, leaseUntil: new Date(at.getTime() + leaseMs) };
    const version = await pipelines.acquire(lease, at);
    if (version === null) return;
    try {
      await this.#finish(await this.#runSteps(version, { lease, signal }), { lease, signal });
    } catch (error) {
      if (error instanceof LeaseLostError) return;
      // A lease that cannot be given back now ends by itself; what failed is what the queue has to know.
      await pipelines.leave(lease).catch(() => undefined);
      throw error;
    }
  }

  async #finish(version: VersionDoc, { lease, signal }: Run): Promise<void> {
    const { steps, entries, pipelines } = this.#deps;
    signal.throwIfAborted();
    const { _id: versionId } = version;
    const state = stateOf(version, steps);
    // The version changes last: as long as it is due, the sweep has both done again.
    const found = { ...shownFindings(version), hasPreview: isPreviewed(version.pipeline.steps) };
    await entries.showInspection({ ...version, versionId }, { ...found, state });
    await pipelines.finish(lease, { state, seenVersion: versionOfSteps(steps) });
  }

  /** Stops after a step that quarantines the version or makes it fail. @returns The version with what the steps have found. */
  async #runSteps(version: VersionDoc, run: Run): Promise<VersionDoc> {
    let through = version;
    for (const step of this.#deps.steps) {
      if (!isOver(through.pipeline.steps[step.name], step)) {
        through = await this.#runStep(through, step, run);
      }
      if (stateOf(through, [step]) !== "ready") break;
    }
    return through;
  }

  async #runStep(version: VersionDoc, step: Step, { lease, signal }: Run): Promise<VersionDoc> {
    const { pipelines, stepOutcomes, now } = this.#deps;
    const begun = nextAttempt(version, step, now());
    requireLease(await pipelines.begin(lease, step.name, begun));
    const name = step.name;
    try {
      const { outcome, reason, found } = await attempt(version, step, { begun, signal });
      const record = { ...begun, outcome, reason, endedAt: now() };
      requireLease(await pipelines.end(lease, { name, record, found }));
      stepOutcomes.count(name, outcome);
      const steps = { ...version.pipeline.steps, [name]: record };
      return { ...version, ...found, pipeline: { ...version.pipeline, steps } };
    } catch (error) {
      const attempts = isCounted(error) ? begun.attempts : begun.attempts - 1;
      const retry = { attempts, outcome: "retry", reason: reasonToRetry(error) } as const;
      const record = { ...begun, ...retry, endedAt: now() };
      // What cannot be written now stays `running`, which counts as an attempt.
      await pipelines.end(lease, { name, record, found: {} }).catch(() => undefined);
      if (!(error instanceof LeaseLostError)) stepOutcomes.count(name, "retry");
      throw error;
    }
  }
}

/** One attempt at a step, unless there were too many. @throws as {@link Step.run}, and when it takes too long. */
async function attempt(
  version: VersionDoc,
  step: Step,
  { begun, signal }: { readonly begun: StepRecord; readonly signal: AbortSignal },
): Promise<StepResult> {
  if (begun.attempts > step.attempts) return { outcome: "failed", reason: GIVEN_UP, found: {} };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(step.timeLimitMs)]);
  const result = await step.run(version, limited);
  limited.throwIfAborted();
  return result;
}

function requireLease(isHeld: boolean): void {
  if (!isHeld) throw new LeaseLostError();
}

/** A step that is to be begun. What an older version of it did does not count. */
function nextAttempt({ pipeline }: VersionDoc, step: Step, startedAt: Date): StepRecord {
  const known = pipeline.steps[step.name];
  const { stepVersion } = step;
  const attempts = 1 + (known?.stepVersion === stepVersion ? known.attempts : 0);
  return { stepVersion, outcome: "running", reason: null, attempts, startedAt, endedAt: null };
}

/** Whether there is nothing left to do for a step. */
const isOver = (known: StepRecord | undefined, { stepVersion }: Step): boolean =>
  known !== undefined && known.stepVersion >= stepVersion && isStepOver(known);

/** What a version is by some of its steps. */
function stateOf({ pipeline }: VersionDoc, steps: readonly Step[]): OverState {
  const outcomes = steps.map(({ name, isRequired }) => ({
    outcome: pipeline.steps[name]?.outcome,
    isRequired,
  }));
  if (outcomes.some(({ outcome }) => outcome === "quarantine")) return "quarantined";
  const isFailed = outcomes.some(({ outcome, isRequired }) => isRequired && outcome === "failed");
  return isFailed ? "failed" : "ready";
}

/** Errors that say nothing about the content: a key that the operator has yet to give, a store that is away, too much work at once. */
const UNCOUNTED = [EncryptionKeyError, UnavailableError, BusyError];

const isCounted = (error: unknown) =>
  error instanceof RetryError ? error.isCounted : !UNCOUNTED.some((kind) => error instanceof kind);

/** The message may name what the owner has no need to know. It is in the worker's log. */
function reasonToRetry(error: unknown): string {
  if (error instanceof RetryError) return error.reason;
  return error instanceof AppError ? error.code : "the attempt was cut short";
}
