import type { PipelineRepository } from "./repository.js";
import type { StepOutcomes } from "./step-outcomes.js";

const MOST_COUNTED = 100_000;

interface Deps {
  readonly pipelines: Pick<PipelineRepository, "countDue" | "oldestDue">;
  readonly stepOutcomes: Pick<StepOutcomes, "listRecent">;
}

/** What waits for the pipeline, and how its steps end. */
export class PipelineOverview {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `dueCount`: how many versions wait, at most 100,000. `oldestDueAt`: since when the oldest of them waits. */
  async read() {
    const { pipelines, stepOutcomes } = this.#deps;
    const [dueCount, oldestDueAt, steps] = await Promise.all([
      pipelines.countDue(MOST_COUNTED),
      pipelines.oldestDue(),
      stepOutcomes.listRecent(),
    ]);
    return { dueCount, oldestDueAt, steps };
  }
}
