import type { Db } from "mongodb";
import { FilePurge } from "./maintenance/file-purge.js";
import { createPace } from "./maintenance/scrub/pace.js";
import { Scrub } from "./maintenance/scrub/scrub.js";
import { Sweep } from "./maintenance/sweep.js";
import type { MaintenanceSettings } from "./maintenance/settings.js";
import type { Logger } from "./platform/log.js";
import { LONGEST_JOB_MS } from "./queue/catalogue.js";
import type { JobProducer } from "./queue/producer.js";
import { QuotaReconcile } from "./maintenance/quota-reconcile.js";
import { Quota } from "./quota/service.js";
import { Settlement } from "./maintenance/settlement.js";
import { openRepositories, type Repositories } from "./repositories.js";
import { BlobChecker } from "./maintenance/scrub/blob-checker.js";
import { openBucket } from "./storage/bucket.js";
import type { StorageSettings } from "./storage/settings.js";
import type { ResumableUploadSettings } from "./uploads/settings.js";
import type { QueueSettings } from "./queue/settings.js";
import { Keyring } from "./storage/keyring.js";
import { OrphanSweep } from "./maintenance/orphan-sweep.js";
import { ScrubProgress } from "./maintenance/scrub/scrub-progress.js";
import { openPublishing } from "./uploads/open.js";
import { UploadSweep } from "./maintenance/upload-sweep.js";
import { Inspection } from "./maintenance/inspection.js";

/** How long a scrub whose worker died keeps the others from going on. */
const SCRUB_LEASE_MS = 60_000;

/** What a scrub reads in two seconds is read again when its worker dies, but no more than so many bytes. */
const MOST_READ_AGAIN_BYTES = 16 * 1024 ** 2;

const DAY_MS = 24 * 60 * 60_000;

interface Options {
  readonly db: Db;
  readonly jobs: JobProducer;
  readonly config: MaintenanceSettings & QueueSettings & ResumableUploadSettings & StorageSettings;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What background jobs are done with. */
export interface JobServices {
  readonly inspection: Inspection;
  readonly settlement: Settlement;
  readonly purge: FilePurge;
  readonly sweep: Sweep;
  readonly scrub: Scrub;
}

export function createJobServices(options: Options): JobServices {
  const repositories = openRepositories({
    ...options,
    keyring: new Keyring(options.config.encryptionKeys),
  });
  const quota = new Quota({ quotas: repositories.quotas, now: options.now });
  const settlement = new Settlement({ ...repositories, quota });
  return {
    inspection: new Inspection({
      ...repositories,
      now: options.now,
      // BullMQ gives a dead worker's job away when its lock has ended: by then this has too, also where clocks differ.
      leaseMs: options.config.jobLockMs / 2,
    }),
    settlement,
    purge: new FilePurge({ ...repositories, quota, settlement }),
    sweep: createSweep({ ...options, repositories, quota, settlement }),
    scrub: createScrub({ ...options, repositories }),
  };
}

type ScrubParts = Omit<Options, "jobs" | "config"> & {
  readonly repositories: Repositories;
  readonly config: Pick<MaintenanceSettings, "scrubBytesPerSecond" | "scrubIntervalDays">;
};

/** Reads all content again, to find damage. */
export function createScrub({ repositories, db, config, log, now }: ScrubParts): Scrub {
  return new Scrub({
    ...repositories,
    checker: new BlobChecker({ bucket: openBucket(db), blobs: repositories.blobs }),
    progress: new ScrubProgress({
      db,
      now,
      leaseMs: SCRUB_LEASE_MS,
      intervalMs: config.scrubIntervalDays * DAY_MS,
    }),
    log,
    pace: createPace(config.scrubBytesPerSecond),
    leaseMs: SCRUB_LEASE_MS,
    keepEveryBytes: Math.min(2 * config.scrubBytesPerSecond, MOST_READ_AGAIN_BYTES),
  });
}

interface SweepParts extends Options {
  readonly repositories: Repositories;
  readonly quota: Quota;
  readonly settlement: Settlement;
}

function createSweep({ repositories, ...parts }: SweepParts): Sweep {
  const { db, jobs, config, now } = parts;
  const { blobs, uploads, quotas, versions } = repositories;
  return new Sweep({
    ...parts,
    ...repositories,
    jobs,
    lostAfterMs: config.jobLockMs,
    uploadSweep: new UploadSweep({
      ...parts,
      uploads,
      ...openPublishing({ ...repositories, ...parts, settings: config }),
    }),
    orphanSweep: new OrphanSweep({
      db,
      bucket: openBucket(db),
      // What lost its blobs.files document can be put together again from its version, as long as its chunks are there.
      isExpected: async (blobId) =>
        (await uploads.isBlobExpected(blobId)) || (await versions.isBlobExpected(blobId)),
      removeBlob: (blobId) => blobs.remove(blobId),
      graceMs: config.orphanGraceMs,
      now,
    }),
    reconcile: new QuotaReconcile({
      ...parts,
      ...repositories,
      accounts: quotas,
      longestJobMs: 2 * LONGEST_JOB_MS,
      intervalMs: config.reconcileIntervalMs,
    }),
  });
}
