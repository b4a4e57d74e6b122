import { Access } from "./access/service.js";
import { AccountsRepository } from "./accounts/repository.js";
import { openArchives, openArchiving } from "./archives/open.js";
import type { ArchiveSettings } from "./archives/settings.js";
import { openAudit } from "./audit/open.js";
import type { AuditSettings } from "./audit/settings.js";
import type { ContentIndexSettings } from "./content-index/settings.js";
import { Announcements } from "./events/announcements.js";
import { openEvents, openRetention } from "./events/open.js";
import type { EventSettings, EventStreamSettings } from "./events/settings.js";
import { EventStreams } from "./events/streams.js";
import { openFiling } from "./filing.js";
import { openIdempotency } from "./idempotency/open.js";
import type { IdempotencySettings } from "./idempotency/settings.js";
import { type IdentitySettings, openIdentity } from "./identity.js";
import { openJobs } from "./jobs/open.js";
import type { InspectionSettings } from "./inspection/settings.js";
import type { JobSettings } from "./jobs/settings.js";
import { openLinks } from "./links/open.js";
import type { LinkSettings } from "./links/settings.js";
import { openMedia } from "./media/open.js";
import type { MediaSettings } from "./media/settings.js";
import { MailOutcomes } from "./mail/outcomes.js";
import { type MailDeliverySettings, openMailDelivery } from "./maintenance/mail/open.js";
import { openMaintenance } from "./maintenance/open.js";
import type { MaintenanceSettings } from "./maintenance/settings.js";
import { openStoreMetrics } from "./metrics/open.js";
import { openOperating } from "./operating.js";
import { Operations } from "./operations/service.js";
import { openStepOutcomes } from "./pipeline/step-outcomes.js";
import { WorkerReporting } from "./pipeline/worker-reporting.js";
import { DeferredWork } from "./platform/deferred-work.js";
import type { Logger } from "./platform/log.js";
import type { Redis } from "./platform/redis.js";
import type { StoreSettings } from "./platform/settings.js";
import { openQuarantine, openQuarantineNotices } from "./quarantine/open.js";
import { openQueue } from "./queue/open.js";
import type { QueueSettings } from "./queue/settings.js";
import { openRateLimits } from "./rate-limits/open.js";
import type { RateLimitSettings } from "./rate-limits/settings.js";
import { openRecords, type RecordOptions, type Records } from "./records.js";
import type { Scanning } from "./pipeline/scan.js";
import { openScanner, openScanning } from "./scan/open.js";
import { ScanOutcomes } from "./scan/outcomes.js";
import { ScannerStatus } from "./scan/status.js";
import { holdsUnscanned, type ScanSettings } from "./scan/settings.js";
import { openSharedEntries } from "./shares/open.js";
import { openSharing } from "./sharing/open.js";
import type { StorageSettings } from "./storage/settings.js";
import type { TrashSettings } from "./trash/settings.js";
import { openPublishing, openUploads } from "./uploads/open.js";
import { UsageMeasuring } from "./maintenance/usage-measuring.js";
import { openUsages } from "./usage/open.js";
import { Leases } from "./uploads/resumable/lease.js";
import type { ResumableUploadSettings, UploadSettings } from "./uploads/settings.js";
import {
  defaultVersionRules,
  type VersionRuleSettings,
  type VersionSettings,
} from "./versions/settings.js";
import { ContentGate } from "./versions/content-gate.js";
import { openWatchedJobs } from "./watched-jobs.js";
import { openWebhookAnnouncer, openWebhooks } from "./webhooks/open.js";
import { openWebhookWork } from "./webhooks/open-work.js";
import type { WebhookSettings } from "./webhooks/settings.js";

export { openRecords, type Records };

interface Options<Settings> extends RecordOptions {
  readonly redis: Redis;
  readonly settings: StorageSettings & StoreSettings & ResumableUploadSettings & Settings;
  readonly log: Logger;
}

type WebSettings = IdentitySettings &
  ContentIndexSettings &
  ScanSettings &
  JobSettings &
  UploadSettings &
  ArchiveSettings &
  IdempotencySettings &
  RateLimitSettings &
  VersionRuleSettings &
  LinkSettings &
  EventStreamSettings & {
    /** `DOWNLOAD_IDLE_TIMEOUT_SECONDS` */
    readonly downloadIdleTimeoutMs: number;
  } & TrashSettings &
  WebhookSettings;

type WorkerSettings = QueueSettings &
  ContentIndexSettings &
  ScanSettings &
  EventSettings &
  JobSettings &
  MaintenanceSettings &
  MediaSettings &
  AuditSettings &
  MailDeliverySettings &
  Pick<LinkSettings, "linkLogMs"> &
  TrashSettings &
  VersionSettings &
  WebhookSettings;

export type WebProduct = ReturnType<typeof openWebProduct>;
export type WorkerProduct = ReturnType<typeof openWorkerProduct>;

/** What requests need. Close it before the connections. */
export function openWebProduct(options: Options<WebSettings>) {
  const { db, redis, settings, log, now } = options;
  const records = openRecords(options);
  const prefix = settings.redisPrefix;
  const queue = openQueue({ db, redis, prefix, log, now, urgency: "interactive" });
  const { jobs } = queue;
  const leases = new Leases({ redis, prefix });
  const contentGate = openGate(records, settings);
  const intake = { ...records, contentGate, db, settings, now };
  const deferred = new DeferredWork({ log });
  const publishing = openPublishing({ ...intake, jobs, deferred });
  const sharedEntries = openSharedEntries(intake);
  const access = new Access({ ...records, shared: sharedEntries });
  const receiving = openUploads({ ...intake, ...publishing, access, leases, deferred });
  const filing = openFiling({ ...intake, access, jobs });
  const identity = openIdentity({ db, settings, jobs, deferred, log, now });
  const events = openAnnouncedEvents({ ...records, redis, prefix, jobs, log, now });
  const eventStreams = openStreams(events, settings);
  return {
    ...{ ...identity, ...events, eventStreams, access },
    defaultVersionRules: defaultVersionRules(settings),
    ...openLinks({ ...identity, ...receiving, access, sharedEntries, db, settings, log, now }),
    ...openOperating({ ...records, ...queue, redis, prefix, log, now }),
    rateLimits: openRateLimits({ redis, prefix, settings }),
    ...openWebhooks({ ...events, db, jobs, settings, now }),
    ...openSharing({ db, access, sharedEntries, now }),
    ...filing,
    operations: new Operations({ ...filing, access, copies: receiving.copies }),
    archives: openArchives({ ...intake, access, jobs }),
    scannerStatus: new ScannerStatus(openScanner(settings)),
    quarantine: openQuarantine({ ...intake, ...receiving, jobs }),
    usages: openUsages({ ...intake, jobs }).usages,
    ...openJobs({ ...intake, jobs }),
    ...receiving,
    ...openIdempotency({ ...intake, ...publishing, incoming: receiving.uploads, deferred }),
    storeMetrics: openMetrics({ ...records, redis, prefix, queue, log, now }),
    close: () => closeAll(eventStreams, deferred, ...events.parts, leases, jobs),
  };
}

const openStreams = (
  { changeLog: changes, announcements }: ReturnType<typeof openAnnouncedEvents>,
  settings: WebSettings,
) => new EventStreams({ ...settings, changes, announcements });

/** The log of events, and who is told when it grows. Close `parts` in their order, before the queue. */
function openAnnouncedEvents(
  options: Omit<Parameters<typeof openEvents>[0], "listeners"> &
    ConstructorParameters<typeof Announcements>[0] &
    Parameters<typeof openWebhookAnnouncer>[0],
) {
  const announcements = new Announcements(options);
  const announcer = openWebhookAnnouncer(options);
  const listeners = [announcements.announce, announcer.announce];
  const events = openEvents({ ...options, listeners });
  return {
    ...events,
    announcements,
    announcer,
    parts: [events.eventRelay, announcements, announcer],
  };
}

function openMetrics(
  parts: Omit<Parameters<typeof openStoreMetrics>[0], "mailOutcomes" | "scanOutcomes"> &
    ConstructorParameters<typeof MailOutcomes>[0],
) {
  const mailOutcomes = new MailOutcomes(parts);
  return openStoreMetrics({ ...parts, mailOutcomes, scanOutcomes: new ScanOutcomes(parts) });
}

function openGate(
  { versions }: Pick<Records, "versions">,
  settings: ScanSettings & InspectionSettings,
): ContentGate {
  const held = holdsUnscanned(settings);
  return new ContentGate({ versions, holdsUnscanned: held, typeRules: settings });
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
  const held = { ...records, ...publishing, contentGate: openGate(records, settings), db };
  const media = openMedia({ settings, log });
  const reporting = new WorkerReporting({ redis, prefix, media, settings, now });
  const events = openAnnouncedEvents({ ...records, redis, prefix, jobs, log, now });
  return {
    ...{ media, reporting },
    maintenance: openMaintenance({
      ...{ ...held, ...events },
      eventRetention: openRetention({ ...events, db, settings, now }),
      stepOutcomes: openStepOutcomes({ redis, prefix, now }),
      scanning: openWorkerScanning({ ...held, redis, prefix, settings, jobs, audit, log, now }),
      archiving: openArchiving({ ...held, now }),
      usageMeasuring: openMeasuring({ ...records, db, jobs, now }),
      jobWork: openWatchedJobs({ ...held, audit, jobs, settings, now }),
      webhookWork: openWebhookWork({ db, ...events, audit, jobs, settings, log, now }),
      ...{ jobs, media },
      mailDelivery: openMailDelivery({ db, redis, prefix, settings, jobs, log, now }),
      audit,
      settings,
      log,
      now,
    }),
    outcomes,
    failedJobs,
    close: () => closeAll(reporting, media, failedJobs, deferred, ...events.parts, jobs),
  };
}

function openWorkerScanning(
  parts: Parameters<typeof openScanning>[0] & Parameters<typeof openQuarantineNotices>[0],
): Scanning {
  const notices = openQuarantineNotices(parts);
  return {
    ...openScanning(parts),
    onQuarantined: (version, mark) => notices.tell(version, mark),
  };
}

function openMeasuring(parts: Parameters<typeof openUsages>[0]): UsageMeasuring {
  const { records, meter } = openUsages(parts);
  const accounts = new AccountsRepository(parts.db);
  return new UsageMeasuring({ ...parts, usages: records, meter, accounts });
}
