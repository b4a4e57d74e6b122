import type { ArchiveRelease } from "../archives/release.js";
import type { ArchivesRepository } from "../archives/repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import { BY_ITSELF, withCause } from "../events/cause.js";
import type { EventRelay } from "../events/relay.js";
import type { EventRetention } from "../events/retention.js";
import type { Logger } from "../platform/log.js";
import type { JobsRepository } from "../jobs/repository.js";
import { queuedAs } from "../jobs/runner.js";
import type { PreviewStore } from "../storage/preview-store.js";
import type { ContentIndexSweep } from "../pipeline/content-index-sweep.js";
import type { PipelineSweep } from "../pipeline/sweep.js";
import type { Rescan } from "../pipeline/rescan.js";
import type { JobProducer } from "../queue/producer.js";
import type { AccountPurge } from "./account-purge.js";
import type { MailDelivery } from "./mail/delivery.js";
import type { QuotaReconcile } from "./quota-reconcile.js";
import type { OrphanSweep } from "./orphan-sweep.js";
import { enqueuePurge } from "../trash/removal.js";
import type { TrashPurge } from "./trash-purge.js";
import type { UsageMeasuring } from "./usage-measuring.js";
import type { UploadSweep } from "./upload-sweep.js";
import type { VersionRound } from "./version-round.js";
import type { WebhookSweep } from "../webhooks/sweep.js";
import type { VersionHistory } from "../versions/history-repository.js";

const BATCH = 1000;

interface Deps {
  readonly uploadSweep: UploadSweep;
  readonly accountPurge: Pick<AccountPurge, "enqueueDue">;
  readonly trashPurge: Pick<TrashPurge, "expire">;
  readonly mailDelivery: Pick<MailDelivery, "enqueueDue">;
  readonly archives: Pick<ArchivesRepository, "listPreparing">;
  readonly watchedJobs: Pick<JobsRepository, "listLeft">;
  readonly archiveRelease: Pick<ArchiveRelease, "sweep">;
  readonly versionRound: Pick<VersionRound, "run">;
  readonly usageMeasuring: Pick<UsageMeasuring, "enqueueLost">;
  readonly orphanSweep: OrphanSweep;
  readonly previews: Pick<PreviewStore, "sweep">;
  readonly reconcile: QuotaReconcile;
  readonly pipelineSweep: Pick<PipelineSweep, "enqueueLost" | "renew" | "spreadQuarantine">;
  readonly contentIndexSweep: Pick<ContentIndexSweep, "run">;
  readonly rescan: Pick<Rescan, "run">;
  readonly history: Pick<VersionHistory, "listPurging">;
  readonly entries: Pick<EntriesRepository, "listPurging">;
  readonly eventRelay: Pick<EventRelay, "sweep">;
  readonly webhooks: Pick<WebhookSweep, "run">;
  readonly eventRetention: Pick<EventRetention, "sweep">;
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

  run(signal: AbortSignal): Promise<void> {
    const { now } = this.#deps;
    // The events of all that it does are relayed at its end.
    const work = { cause: () => BY_ITSELF, now, wrote: () => undefined };
    return withCause(work, () => this.#run(signal));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { uploadSweep, accountPurge, trashPurge, mailDelivery, archiveRelease } = this.#deps;
    const { orphanSweep, previews, versionRound, pipelineSweep, reconcile, log } = this.#deps;
    const { eventRelay, webhooks, eventRetention } = this.#deps;
    const finishedUploads = await uploadSweep.run(signal);
    await this.#requeueLost(signal);
    await accountPurge.enqueueDue(signal);
    await trashPurge.expire(signal);
    await mailDelivery.enqueueDue(signal);
    await archiveRelease.sweep(signal);
    await reconcile.settleLost(signal);
    const correctedAccounts = await reconcile.recompute(signal);
    const removedOrphans = await orphanSweep.run(signal);
    const removedPreviews = await previews.sweep();
    const expiredVersions = await versionRound.run(signal);
    await pipelineSweep.spreadQuarantine(signal);
    const renewedVersions = await pipelineSweep.renew(signal);
    const removedIndexes = await this.#deps.contentIndexSweep.run(signal);
    const rescannedVersions = await this.#deps.rescan.run(signal);
    await eventRelay.sweep(signal);
    await webhooks.run(signal);
    await eventRetention.sweep(signal);
    const done = {
      ...{ finishedUploads, correctedAccounts, removedOrphans },
      ...{ expiredVersions, renewedVersions, rescannedVersions, removedPreviews, removedIndexes },
    };
    if (Object.values(done).some((count) => count > 0)) log.info(done, "Swept");
  }

  async #requeueLost(signal: AbortSignal): Promise<void> {
    const { pipelineSweep, history, entries, archives, jobs, usageMeasuring } = this.#deps;
    const { watchedJobs, now, lostAfterMs } = this.#deps;
    const before = new Date(now().getTime() - lostAfterMs);
    await pipelineSweep.enqueueLost(before, signal);
    for (const entry of await entries.listPurging(before, BATCH)) {
      signal.throwIfAborted();
      enqueuePurge(jobs, entry);
    }
    for (const { ownerId, _id: versionId } of await history.listPurging(before, BATCH)) {
      signal.throwIfAborted();
      jobs.enqueue({ name: "version.purge", data: { ownerId, versionId } });
    }
    for (const { ownerId, _id: archiveId } of await archives.listPreparing(before, BATCH)) {
      signal.throwIfAborted();
      jobs.enqueue({ name: "archive.prepare", data: { ownerId, archiveId } });
    }
    await usageMeasuring.enqueueLost(before, signal);
    for (const job of await watchedJobs.listLeft(before, BATCH)) {
      signal.throwIfAborted();
      jobs.enqueue(queuedAs(job));
    }
  }
}
