import { PREVIEW_FORMATS, PREVIEW_SIZES } from "../../common/storage/preview.js";
import { STEP_NAMES, type StepName, type VersionPipeline } from "../../common/versions/pipeline.js";
import type { Findings } from "../../common/versions/version.js";

/** How far a file has come in the pipeline: each step, in the order in which they are done. `outcome` is `null` until a step has begun. */
export function presentPipeline({ steps }: VersionPipeline) {
  return STEP_NAMES.map((step) => presentStep(step, steps[step]));
}

/** What a content says of itself; `null` until somebody has looked. It is shown to those who have an account: pictures say when they were taken. */
export function presentDetails({ details, isEncrypted }: Findings) {
  if (details === undefined && isEncrypted !== true) return null;
  return { ...details, ...(isEncrypted === true && { isEncrypted }) };
}

/**
 * The previews of a file: their URL, sizes and types. `null` if the file has no preview; its pipeline says why.
 *
 * @param content - The URL of the file.
 */
export function presentPreview({ steps }: VersionPipeline, content: string) {
  if (steps.preview?.outcome !== "done") return null;
  return {
    url: `${content}/preview`,
    sizes: PREVIEW_SIZES,
    types: PREVIEW_FORMATS.map((format) => `image/${format}`),
  };
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
