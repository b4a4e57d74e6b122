import type { JobProducer } from "../queue/producer.js";
import type { BlobQuarantine } from "../storage/blob-quarantine.js";
import { processingOf } from "./job.js";
import type { PipelineRepository } from "./repository.js";
import { restartSharing } from "./sharing-versions.js";
import { type Step, versionOfSteps } from "./step.js";

const BATCH = 1000;

/** So many versions are taken through newer steps by one sweep: new content comes first. */
const RENEWED_AT_ONCE = 100;

interface Deps {
  readonly steps: readonly Step[];
  readonly pipelines: Pick<
    PipelineRepository,
    "listDue" | "listOutdated" | "restart" | "restartBlob"
  >;
  readonly quarantine: Pick<BlobQuarantine, "list">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Queues what the pipeline has to do, from what MongoDB says alone. Doing it twice is harmless. */
export class PipelineSweep {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What is due since before an instant was probably lost. */
  async enqueueLost(before: Date, signal: AbortSignal): Promise<void> {
    for (const version of await this.#deps.pipelines.listDue(before, BATCH)) {
      signal.throwIfAborted();
      this.#deps.jobs.enqueue(processingOf(version));
    }
  }

  /** Puts those versions into quarantine, too, that came to have a blob in quarantine, such as copies that were made meanwhile. */
  async spreadQuarantine(signal: AbortSignal): Promise<void> {
    for (const blobId of await this.#deps.quarantine.list(BATCH)) {
      signal.throwIfAborted();
      await restartSharing(this.#deps, blobId);
    }
  }

  /** Makes versions due again that an older step has seen. @returns How many. */
  async renew(signal: AbortSignal): Promise<number> {
    const { pipelines, steps, jobs, now } = this.#deps;
    const outdated = await pipelines.listOutdated(versionOfSteps(steps), RENEWED_AT_ONCE);
    for (const { ownerId, _id: versionId } of outdated) {
      signal.throwIfAborted();
      const restarted = await pipelines.restart({ ownerId, versionId }, now(), false);
      if (restarted !== null) jobs.enqueue(processingOf(restarted));
    }
    return outdated.length;
  }
}
