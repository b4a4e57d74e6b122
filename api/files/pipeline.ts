import { STEP_NAMES, type StepName, type VersionPipeline } from "../../common/versions/pipeline.js";

/** How far a file has come in the pipeline: each step, in the order in which they are done. `outcome` is `null` until a step has begun. */
export function presentPipeline({ steps }: VersionPipeline) {
  return STEP_NAMES.map((step) => presentStep(step, steps[step]));
}

function presentStep(step: StepName, record: VersionPipeline["steps"][StepName]) {
  const { outcome = null, reason = null, attempts = 0, startedAt, endedAt } = record ?? {};
  return {
    step,
    outcome,
    reason,
    attempts,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}
