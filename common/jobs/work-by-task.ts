import type { BulkWork } from "./bulk-work.js";
import { type Batch, isBulkJob, isCopyJob, type JobDoc } from "./job.js";
import type { Run } from "./run.js";
import type { TreeCopy } from "./tree-copy.js";

interface Deps {
  readonly treeCopy: Pick<TreeCopy, "run">;
  readonly bulk: Pick<BulkWork, "run">;
}

/** Does the next batch of a job, as its task says. */
export class WorkByTask {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws What stops the job. */
  run(job: JobDoc, run: Run): Promise<Batch> {
    if (isCopyJob(job)) return this.#deps.treeCopy.run(job, run);
    if (isBulkJob(job)) return this.#deps.bulk.run(job, run);
    throw new Error("The job has a task that this version does not know");
  }
}
