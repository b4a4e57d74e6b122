import type { EntriesRepository } from "../entries/repository.js";
import type { Logger } from "../platform/log.js";
import type { JobProducer } from "../queue/producer.js";
import type { QuotaReconcile } from "./quota-reconcile.js";
import type { OrphanSweep } from "./orphan-sweep.js";
import type { UploadSweep } from "./upload-sweep.js";
import type { VersionsRepository } from "../versions/repository.js";

const BATCH = 1000;

interface Deps {
  readonly uploadSweep: UploadSweep;
  readonly orphanSweep: OrphanSweep;
  readonly reconcile: QuotaReconcile;
  readonly versions: Pick<VersionsRepository, "listProcessing">;
  readonly entries: Pick<EntriesRepository, "listPurging">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly log: Logger;
  readonly now: () => Date;
  /** A job that is due for longer, in milliseconds, was probably lost; queueing it once more is harmless. */
  readonly lostAfterMs: number;
}

/**
 * Puts right what crashes, lost jobs and a wiped Redis leave behind, from what MongoDB says alone. Any number of processes may
 * sweep at once: every step is idempotent.
 */
export class Sweep {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { uploadSweep, orphanSweep, reconcile, log } = this.#deps;
    const finishedUploads = await uploadSweep.run(signal);
    await this.#requeueLost(signal);
    await reconcile.settleLost(signal);
    const correctedAccounts = await reconcile.recompute(signal);
    const removedOrphans = await orphanSweep.run(signal);
    if (finishedUploads + correctedAccounts + removedOrphans > 0) {
      log.info({ finishedUploads, correctedAccounts, removedOrphans }, "Swept");
    }
  }

  async #requeueLost(signal: AbortSignal): Promise<void> {
    const { versions, entries, jobs, now, lostAfterMs } = this.#deps;
    const before = new Date(now().getTime() - lostAfterMs);
    for (const version of await versions.listProcessing(before, BATCH)) {
      signal.throwIfAborted();
      const { ownerId, _id: versionId, inspection } = version;
      const { generation } = inspection;
      jobs.enqueue({ name: "file.inspect", data: { ownerId, versionId, generation } });
    }
    for (const { ownerId, _id: fileId } of await entries.listPurging(before, BATCH)) {
      signal.throwIfAborted();
      jobs.enqueue({ name: "file.purge", data: { ownerId, fileId } });
    }
  }
}
