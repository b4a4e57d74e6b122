import type { Db } from "mongodb";
import { DeletedEntries } from "./access/deleted-entries.js";
import { Access } from "./access/service.js";
import { AccountsRepository } from "./accounts/repository.js";
import { openArchives, openArchiving } from "./archives/open.js";
import type { ArchiveSettings } from "./archives/settings.js";
import type { AuditLog } from "./audit/log.js";
import { openAudit } from "./audit/open.js";
import type { AuditSettings } from "./audit/settings.js";
import { DamagedBlobs } from "./damaged-blobs/repository.js";
import { EntriesRepository } from "./entries/repository.js";
import { TreeRepository } from "./entries/tree-repository.js";
import { openFiling } from "./filing.js";
import { openIdempotency } from "./idempotency/open.js";
import type { IdempotencySettings } from "./idempotency/settings.js";
import { type IdentitySettings, openIdentity } from "./identity.js";
import { openJobs, openJobWork } from "./jobs/open.js";
import type { JobSettings } from "./jobs/settings.js";
import { openLinks } from "./links/open.js";
import type { LinkSettings } from "./links/settings.js";
import { MailOutcomes } from "./mail/outcomes.js";
import { type MailDeliverySettings, openMailDelivery } from "./maintenance/mail/open.js";
import { openMaintenance } from "./maintenance/open.js";
import type { MaintenanceSettings } from "./maintenance/settings.js";
import { openStoreMetrics } from "./metrics/open.js";
import { Operations } from "./operations/service.js";
import { PipelineOverview } from "./pipeline/overview.js";
import { PipelineRepository } from "./pipeline/repository.js";
import { openStepOutcomes } from "./pipeline/step-outcomes.js";
import { DeferredWork } from "./platform/deferred-work.js";
import type { Logger } from "./platform/log.js";
import { OrderedWrites } from "./platform/ordered-writes.js";
import type { Redis } from "./platform/redis.js";
import type { StoreSettings } from "./platform/settings.js";
import type { JobProducer } from "./queue/producer.js";
import { type JobQueue, openQueue } from "./queue/open.js";
import type { QueueSettings } from "./queue/settings.js";
import { openQuota } from "./quota/open.js";
import { openRateLimits } from "./rate-limits/open.js";
import type { RateLimitSettings } from "./rate-limits/settings.js";
import { openSharedEntries } from "./shares/open.js";
import { openSharing } from "./sharing/open.js";
import { openStorage } from "./storage/open.js";
import type { StorageSettings } from "./storage/settings.js";
import { TrashRepository } from "./trash/repository.js";
import type { TrashSettings } from "./trash/settings.js";
import { openCopies, openPublishing, openUploads } from "./uploads/open.js";
import { UsageMeasuring } from "./maintenance/usage-measuring.js";
import { openUsages } from "./usage/open.js";
import { UploadsRepository } from "./uploads/repository.js";
import { Leases } from "./uploads/resumable/lease.js";
import type { ResumableUploadSettings, UploadSettings } from "./uploads/settings.js";
import {
  defaultVersionRules,
  type VersionRuleSettings,
  type VersionSettings,
} from "./versions/settings.js";
import { VersionHistory } from "./versions/history-repository.js";
import { VersionsRepository } from "./versions/repository.js";

interface RecordOptions {
  readonly db: Db;
  readonly settings: StorageSettings;
  readonly now: () => Date;
}

interface Options<Settings> extends RecordOptions {
  readonly redis: Redis;
  readonly settings: StorageSettings & StoreSettings & ResumableUploadSettings & Settings;
  readonly log: Logger;
}

type WebSettings = IdentitySettings &
  JobSettings &
  UploadSettings &
  ArchiveSettings &
  IdempotencySettings &
  RateLimitSettings &
  VersionRuleSettings &
  LinkSettings &
  TrashSettings;

type WorkerSettings = QueueSettings &
  JobSettings &
  MaintenanceSettings &
  AuditSettings &
  MailDeliverySettings &
  Pick<LinkSettings, "linkLogMs"> &
  TrashSettings &
  VersionSettings;

export type Records = ReturnType<typeof openRecords>;
export type WebProduct = ReturnType<typeof openWebProduct>;
export type WorkerProduct = ReturnType<typeof openWorkerProduct>;

/** What MongoDB holds, by noun. Every process and every command of an operator works on it. */
export function openRecords({ db, settings, now }: RecordOptions) {
  const { quotas, quota } = openQuota({ db, now });
  const versions = new VersionsRepository(db);
  return {
    db,
    storage: openStorage({
      db,
      settings,
      now,
      namedBy: (blobId) => versions.listIdsByBlob(blobId),
    }),
    damagedBlobs: new DamagedBlobs({ db, now }),
    quotas,
    quota,
    versions,
    pipelines: new PipelineRepository(db),
    history: new VersionHistory(db),
    entries: new EntriesRepository(db),
    tree: new TreeRepository(db),
    trash: new TrashRepository(db),
    uploads: new UploadsRepository(db),
    writes: new OrderedWrites(db),
  };
}

/** What requests need. Close it before the connections. */
export function openWebProduct(options: Options<WebSettings>) {
  const { db, redis, settings, log, now } = options;
  const records = openRecords(options);
  const { entries } = records;
  const prefix = settings.redisPrefix;
  const queue = openQueue({ db, redis, prefix, log, now, urgency: "interactive" });
  const { jobs } = queue;
  const leases = new Leases({ redis, prefix });
  const intake = { ...records, db, settings, now };
  const deferred = new DeferredWork({ log });
  const publishing = openPublishing({ ...intake, jobs, deferred });
  const sharedEntries = openSharedEntries({ db, entries });
  const access = new Access({ entries, shared: sharedEntries });
  const receiving = openUploads({ ...intake, ...publishing, access, leases, deferred });
  const incoming = receiving.uploads;
  const filing = openFiling({ ...intake, access, jobs });
  const identity = openIdentity({ db, settings, jobs, deferred, log, now });
  return {
    ...identity,
    defaultVersionRules: defaultVersionRules(settings),
    ...openLinks({ ...identity, ...receiving, access, sharedEntries, db, settings, log, now }),
    ...openQueueViews({ ...records, ...queue, redis, prefix, now }),
    rateLimits: openRateLimits({ redis, prefix, settings }),
    access,
    ...openSharing({ db, access, sharedEntries, now }),
    ...filing,
    operations: new Operations({ ...filing, access, copies: receiving.copies }),
    archives: openArchives({ ...intake, access, jobs }),
    usages: openUsages({ ...intake, jobs }).usages,
    ...openJobs({ ...intake, jobs }),
    ...receiving,
    ...openIdempotency({ ...intake, ...publishing, incoming, deferred }),
    storeMetrics: openStoreMetrics({
      ...records,
      db,
      ...{ queue, mailOutcomes: new MailOutcomes({ redis, prefix }), log, now },
    }),
    close: () => closeAll(deferred, leases, jobs),
  };
}

/** What admins see of the work that is done after requests. */
function openQueueViews(
  parts: Pick<JobQueue, "jobs" | "failedJobs" | "queues"> &
    Pick<Records, "pipelines"> &
    Parameters<typeof openStepOutcomes>[0],
) {
  const { jobs, failedJobs, queues, pipelines } = parts;
  const stepOutcomes = openStepOutcomes(parts);
  return {
    failedJobs,
    queues,
    bullQueues: jobs.bullQueues,
    pipelineOverview: new PipelineOverview({ pipelines, stepOutcomes }),
  };
}

/** Closes in this order. */
async function closeAll(...parts: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close();
}

/** What the worker needs. Close it before the connections. */
export function openWorkerProduct(options: Options<WorkerSettings>) {
  const { db, redis, settings, log, now } = options;
  const records = openRecords(options);
  const prefix = settings.redisPrefix;
  const { jobs, outcomes, failedJobs } = openQueue({
    ...{ db, redis, prefix, log, now },
    // People wait for uploads. What follows from other work, and what the sweep finds, may be a little later.
    urgency: "background",
  });
  const deferred = new DeferredWork({ log });
  const publishing = openPublishing({ ...records, db, jobs, deferred, settings, now });
  const audit = openAudit({ db, settings, deferred, log, now });
  return {
    maintenance: openMaintenance({
      ...records,
      ...publishing,
      stepOutcomes: openStepOutcomes({ redis, prefix, now }),
      archiving: openArchiving({ ...records, db, now }),
      usageMeasuring: openMeasuring({ ...records, db, jobs, now }),
      jobWork: openWatchedJobs({ ...records, ...publishing, audit, db, jobs, settings, now }),
      db,
      jobs,
      mailDelivery: openMailDelivery({ db, redis, prefix, settings, jobs, log, now }),
      audit,
      settings,
      log,
      now,
    }),
    outcomes,
    failedJobs,
    close: () => closeAll(failedJobs, deferred, jobs),
  };
}

function openMeasuring(parts: Parameters<typeof openUsages>[0]): UsageMeasuring {
  const { records, meter } = openUsages(parts);
  const accounts = new AccountsRepository(parts.db);
  return new UsageMeasuring({ ...parts, usages: records, meter, accounts });
}

type WatchedJobParts = Records &
  ReturnType<typeof openPublishing> & {
    readonly db: Db;
    readonly jobs: JobProducer;
    readonly audit: AuditLog;
    readonly settings: JobSettings & QueueSettings & TrashSettings & VersionRuleSettings;
    readonly now: () => Date;
  };

/** What the worker does for people who watch it: the same as requests do, many times. */
function openWatchedJobs(parts: WatchedJobParts) {
  const shared = openSharedEntries(parts);
  const access = new Access({ ...parts, shared });
  const deleted = new DeletedEntries({ shared });
  // A dead worker's job goes to another one after `jobLockMs`. The lease is over by then, even if clocks differ.
  const leaseMs = parts.settings.jobLockMs / 2;
  const filing = openFiling({ ...parts, access });
  const copies = openCopies({ ...parts, leaseMs });
  const operations = new Operations({ ...filing, access, copies });
  return openJobWork({ ...parts, ...filing, access, deleted, copies, operations, leaseMs });
}
