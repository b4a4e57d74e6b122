import type { Db } from "mongodb";
import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Logger } from "../platform/log.js";
import { LONGEST_JOB_MS } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { QueueSettings } from "../queue/settings.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { Quota } from "../quota/service.js";
import type { Storage } from "../storage/open.js";
import type { Aborter } from "../uploads/aborter.js";
import type { Publisher } from "../uploads/publisher.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { VersionsRepository } from "../versions/repository.js";
import { FilePurge } from "./file-purge.js";
import { Inspection } from "./inspection.js";
import { OrphanSweep } from "./orphan-sweep.js";
import { QuotaReconcile } from "./quota-reconcile.js";
import { openScrub } from "./scrub/open.js";
import type { Scrub } from "./scrub/scrub.js";
import type { MaintenanceSettings } from "./settings.js";
import { Settlement } from "./settlement.js";
import { Sweep } from "./sweep.js";
import { UploadSweep } from "./upload-sweep.js";

interface Options {
  readonly db: Db;
  readonly storage: Storage;
  readonly damagedBlobs: DamagedBlobs;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly uploads: UploadsRepository;
  readonly quotas: QuotaRepository;
  readonly quota: Quota;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly jobs: JobProducer;
  readonly settings: MaintenanceSettings & QueueSettings;
  readonly log: Logger;
  readonly now: () => Date;
}

/** What the worker does. */
export interface Maintenance {
  readonly inspection: Inspection;
  readonly settlement: Settlement;
  readonly purge: FilePurge;
  readonly sweep: Sweep;
  readonly scrub: Scrub;
}

/** Opens what the worker does: the work of jobs, the sweep and the scrub. */
export function openMaintenance(options: Options): Maintenance {
  const { versions, entries, uploads, quota, settings, now } = options;
  const { blobs } = options.storage;
  const settlement = new Settlement({ quota, versions, entries });
  // A dead worker's job goes to another one after `jobLockMs`. The lease is over by then, even if clocks differ.
  const leaseMs = settings.jobLockMs / 2;
  return {
    inspection: new Inspection({ versions, entries, blobs, now, leaseMs }),
    settlement,
    purge: new FilePurge({ entries, versions, uploads, blobs, quota, settlement }),
    sweep: openSweep({ ...options, settlement }),
    scrub: openScrub(options),
  };
}

function openSweep(options: Options & { readonly settlement: Settlement }): Sweep {
  const { db, storage, versions, entries, uploads, quotas, quota, settlement } = options;
  const { publisher, aborter, jobs, settings, log, now } = options;
  const { blobs, bucket } = storage;
  return new Sweep({
    uploadSweep: new UploadSweep({ uploads, publisher, aborter, log, now }),
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
    reconcile: new QuotaReconcile({
      accounts: quotas,
      quota,
      settlement,
      uploads,
      versions,
      entries,
      log,
      now,
      longestJobMs: 2 * LONGEST_JOB_MS,
      intervalMs: settings.reconcileIntervalMs,
    }),
    versions,
    entries,
    jobs,
    log,
    now,
    lostAfterMs: settings.jobLockMs,
  });
}
