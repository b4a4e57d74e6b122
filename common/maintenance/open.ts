import type { Db } from "mongodb";
import { DeletionRepository } from "../accounts/deletion-repository.js";
import type { Archiving } from "../archives/open.js";
import type { ArchivePreparation } from "../archives/preparation.js";
import type { AuditLog } from "../audit/log.js";
import { AuditPurgeRepository } from "../audit/purge-repository.js";
import type { ContentIndexRepository } from "../content-index/repository.js";
import type { ContentIndexSettings } from "../content-index/settings.js";
import type { TermHashes } from "../content-index/terms.js";
import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { EventLogRepository } from "../events/log-repository.js";
import type { EventWork } from "../events/event-work.js";
import type { EventRelay } from "../events/relay.js";
import type { EventRetention } from "../events/retention.js";
import type { TreeRepository } from "../entries/tree-repository.js";
import type { JobWork } from "../jobs/open.js";
import type { JobRunner } from "../jobs/runner.js";
import type { MediaDecoder } from "../media/decoder.js";
import type { MediaSettings } from "../media/settings.js";
import type { Logger } from "../platform/log.js";
import { LONGEST_JOB_MS } from "../queue/catalogue.js";
import { openPipeline } from "../pipeline/open.js";
import type { ContentIndexSweep } from "../pipeline/content-index-sweep.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import type { Rescan } from "../pipeline/rescan.js";
import type { Scanning } from "../pipeline/scan.js";
import type { PipelineRepository } from "../pipeline/repository.js";
import type { StepOutcomes } from "../pipeline/step-outcomes.js";
import type { PipelineSweep } from "../pipeline/sweep.js";
import type { JobProducer } from "../queue/producer.js";
import type { QueueSettings } from "../queue/settings.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { Quota } from "../quota/service.js";
import type { Storage } from "../storage/open.js";
import type { Aborter } from "../uploads/aborter.js";
import type { Publisher } from "../uploads/publisher.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionSettings } from "../versions/settings.js";
import type { VersionHistory } from "../versions/history-repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import type { WebhookWork } from "../webhooks/open-work.js";
import { AccountPurge } from "./account-purge.js";
import type { FilePurge } from "./file-purge.js";
import type { FolderPurge } from "./folder-purge.js";
import type { MailDelivery } from "./mail/delivery.js";
import { OrphanSweep } from "./orphan-sweep.js";
import { PurgeRepository } from "./purge-repository.js";
import { QuotaReconcile } from "./quota-reconcile.js";
import type { Fsck } from "./fsck/fsck.js";
import { openFsck } from "./fsck/open.js";
import { openScrub } from "./scrub/open.js";
import type { Scrub } from "./scrub/scrub.js";
import type { MaintenanceSettings } from "./settings.js";
import { Settlement } from "./settlement.js";
import { Sweep } from "./sweep.js";
import type { TrashRepository } from "../trash/repository.js";
import type { TrashSettings } from "../trash/settings.js";
import { openRemoval } from "./removal.js";
import type { TrashPurge } from "./trash-purge.js";
import type { UsageMeasuring } from "./usage-measuring.js";
import { UsageDrift } from "./usage-drift.js";
import { UploadSweep } from "./upload-sweep.js";
import type { VersionExpiry } from "./version-expiry.js";
import type { VersionRound } from "./version-round.js";

interface Options {
  readonly db: Db;
  readonly storage: Storage;
  readonly damagedBlobs: DamagedBlobs;
  readonly versions: VersionsRepository;
  readonly pipelines: PipelineRepository;
  readonly contentIndex: ContentIndexRepository;
  readonly termHashes: TermHashes;
  readonly stepOutcomes: Pick<StepOutcomes, "count">;
  readonly scanning: Scanning;
  readonly history: VersionHistory;
  readonly entries: EntriesRepository;
  readonly tree: TreeRepository;
  readonly trash: TrashRepository;
  readonly uploads: UploadsRepository;
  readonly quotas: QuotaRepository;
  readonly quota: Quota;
  readonly archiving: Archiving;
  readonly usageMeasuring: UsageMeasuring;
  readonly jobWork: JobWork;
  readonly webhookWork: WebhookWork;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly jobs: JobProducer;
  readonly media: MediaDecoder;
  readonly mailDelivery: MailDelivery;
  readonly audit: AuditLog;
  readonly eventLog: EventLogRepository;
  readonly eventRelay: EventRelay;
  readonly eventRetention: EventRetention;
  readonly eventWork: EventWork;
  readonly settings: ContentIndexSettings &
    MaintenanceSettings &
    MediaSettings &
    QueueSettings &
    TrashSettings &
    VersionSettings;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What the worker does. */
export interface Maintenance {
  /** All of the rest is done inside of it. */
  readonly eventWork: EventWork;
  readonly pipeline: Pipeline;
  readonly settlement: Settlement;
  readonly purge: FilePurge;
  readonly versionExpiry: VersionExpiry;
  readonly folderPurge: FolderPurge;
  readonly trashPurge: TrashPurge;
  readonly accountPurge: AccountPurge;
  readonly mailDelivery: MailDelivery;
  readonly archivePreparation: ArchivePreparation;
  readonly usageMeasuring: UsageMeasuring;
  readonly jobRunner: JobRunner;
  readonly webhookWork: WebhookWork;
  readonly sweep: Sweep;
  readonly scrub: Scrub;
  readonly fsck: Fsck;
}

/** Opens what the worker does: the work of jobs, the sweep and the scrub. */
export function openMaintenance(options: Options): Maintenance {
  const { versions, entries, uploads, quota, settings, publisher, aborter, log, now } = options;
  const { references } = options.storage;
  const uploadSweep = new UploadSweep({ uploads, publisher, aborter, log, now });
  const settlement = new Settlement({ quota, versions, entries });
  // A dead worker's job goes to another one after `jobLockMs`. The lease is over by then, even if clocks differ.
  const leaseMs = settings.jobLockMs / 2;
  const { pipeline, ...pipelineSweeps } = openPipeline({ ...options, leaseMs });
  const removal = openRemoval({ ...options, references, settlement });
  const { filePurge, folderPurge, trashPurge, versionExpiry, versionRound } = removal;
  const accountPurge = openAccountPurge({ ...options, uploadSweep, filePurge });
  return {
    eventWork: options.eventWork,
    pipeline,
    settlement,
    purge: filePurge,
    versionExpiry,
    folderPurge,
    trashPurge,
    accountPurge,
    mailDelivery: options.mailDelivery,
    archivePreparation: options.archiving.preparation,
    usageMeasuring: options.usageMeasuring,
    jobRunner: options.jobWork.runner,
    webhookWork: options.webhookWork,
    sweep: openSweep({
      ...{ ...options, settlement, uploadSweep, trashPurge, accountPurge, versionRound },
      ...pipelineSweeps,
    }),
    scrub: openScrub(options),
    fsck: openFsck(options).fsck,
  };
}

function openAccountPurge(
  options: Options & { readonly uploadSweep: UploadSweep; readonly filePurge: FilePurge },
): AccountPurge {
  const { db, settings } = options;
  return new AccountPurge({
    ...options,
    deletions: new DeletionRepository(db),
    documents: new PurgeRepository(db),
    auditEvents: new AuditPurgeRepository(db),
    archiveRelease: options.archiving.release,
    delayMs: settings.accountPurgeDelayMs,
  });
}

interface SweepOptions extends Options {
  readonly settlement: Settlement;
  readonly uploadSweep: UploadSweep;
  readonly trashPurge: TrashPurge;
  readonly accountPurge: AccountPurge;
  readonly versionRound: VersionRound;
  readonly pipelineSweep: PipelineSweep;
  readonly contentIndexSweep: ContentIndexSweep;
  readonly rescan: Rescan;
}

function openSweep(options: SweepOptions): Sweep {
  const { db, storage, versions, entries, uploads, quotas, quota, settlement } = options;
  const { uploadSweep, accountPurge, mailDelivery, jobs, settings, log, now } = options;
  const { blobs, bucket } = storage;
  return new Sweep({
    ...{ uploadSweep, usageMeasuring: options.usageMeasuring },
    ...{ trashPurge: options.trashPurge, versionRound: options.versionRound },
    ...{ accountPurge, mailDelivery, watchedJobs: options.jobWork.jobs },
    ...{ archives: options.archiving.archives, archiveRelease: options.archiving.release },
    orphanSweep: new OrphanSweep({
      db,
      bucket,
      // A blob without its blobs.files document can be restored from its version, as long as its chunks are there.
      isExpected: async (blobId) =>
        (await uploads.isBlobExpected(blobId)) || (await versions.isBlobExpected(blobId)),
      removeBlob: (blobId) => blobs.remove(blobId),
      graceMs: settings.orphanGraceMs,
      now,
    }),
    previews: storage.previews,
    reconcile: new QuotaReconcile({
      accounts: quotas,
      quota,
      settlement,
      uploads,
      versions,
      drift: new UsageDrift({ accounts: quotas, versions, entries, log }),
      now,
      longestJobMs: 2 * LONGEST_JOB_MS,
      intervalMs: settings.reconcileIntervalMs,
    }),
    ...{ pipelineSweep: options.pipelineSweep, rescan: options.rescan },
    contentIndexSweep: options.contentIndexSweep,
    history: options.history,
    webhooks: options.webhookWork.sweep,
    ...{ eventRelay: options.eventRelay, eventRetention: options.eventRetention },
    ...{ entries, jobs, log, now },
    lostAfterMs: settings.jobLockMs,
  });
}
