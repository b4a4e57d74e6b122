import type { Db } from "mongodb";
import { Access } from "./access/service.js";
import { openAccounts } from "./accounts/open.js";
import type { AccountSettings } from "./accounts/settings.js";
import { DamagedBlobs } from "./damaged-blobs/repository.js";
import { EntryListing } from "./entries/listing.js";
import { EntriesRepository } from "./entries/repository.js";
import { Files } from "./files/service.js";
import { Folders } from "./folders/service.js";
import { openUploadRequests } from "./idempotency/open.js";
import type { IdempotencySettings } from "./idempotency/settings.js";
import { openMaintenance } from "./maintenance/open.js";
import type { MaintenanceSettings } from "./maintenance/settings.js";
import { openStoreMetrics } from "./metrics/open.js";
import type { Logger } from "./platform/log.js";
import { OrderedWrites } from "./platform/ordered-writes.js";
import type { Redis } from "./platform/redis.js";
import type { StoreSettings } from "./platform/settings.js";
import { openQueue } from "./queue/open.js";
import type { QueueSettings } from "./queue/settings.js";
import { openQuota } from "./quota/open.js";
import { SessionStore } from "./sessions/store.js";
import { openStorage } from "./storage/open.js";
import type { StorageSettings } from "./storage/settings.js";
import { openPublishing, openUploads } from "./uploads/open.js";
import { UploadsRepository } from "./uploads/repository.js";
import { Leases } from "./uploads/resumable/lease.js";
import type { ResumableUploadSettings, UploadSettings } from "./uploads/settings.js";
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

type WebSettings = AccountSettings & UploadSettings & IdempotencySettings;

export type Records = ReturnType<typeof openRecords>;
export type WebProduct = ReturnType<typeof openWebProduct>;
export type WorkerProduct = ReturnType<typeof openWorkerProduct>;

/** What MongoDB holds, by noun. Every process and every command of an operator works on it. */
export function openRecords({ db, settings, now }: RecordOptions) {
  const { quotas, quota } = openQuota({ db, now });
  return {
    storage: openStorage({ db, settings, now }),
    damagedBlobs: new DamagedBlobs({ db, now }),
    quotas,
    quota,
    versions: new VersionsRepository(db),
    entries: new EntriesRepository(db),
    uploads: new UploadsRepository(db),
    writes: new OrderedWrites(db),
  };
}

/** What requests need. Close it before the connections. */
export function openWebProduct(options: Options<WebSettings>) {
  const { db, redis, settings, log, now } = options;
  const { storage, damagedBlobs, quota, versions, entries, uploads, writes } = openRecords(options);
  const prefix = settings.redisPrefix;
  const queue = openQueue({ redis, prefix, log });
  const { jobs } = queue;
  const leases = new Leases({ redis, prefix });
  const intake = { uploads, versions, entries, storage, writes, quota, settings, now };
  const { publisher, aborter } = openPublishing({ ...intake, jobs });
  const receiving = openUploads({ ...intake, publisher, aborter, leases });
  const incoming = receiving.uploads;
  const listing = new EntryListing(db);
  const { blobs } = storage;
  return {
    accounts: openAccounts({ db, settings, now }),
    sessions: new SessionStore({ redis, prefix }),
    access: new Access({ entries }),
    files: new Files({ entries, listing, versions, blobs, damagedBlobs, writes, jobs, now }),
    folders: new Folders({ entries, listing, now }),
    ...receiving,
    uploadRequests: openUploadRequests({ ...intake, db, incoming, publisher, aborter }),
    storeMetrics: openStoreMetrics({
      db,
      damagedBlobs,
      versions,
      entries,
      uploads,
      queue,
      log,
      now,
    }),
    async close() {
      await leases.close();
      await jobs.close();
    },
  };
}

/** What the worker needs. Close it before the connections. */
export function openWorkerProduct(options: Options<QueueSettings & MaintenanceSettings>) {
  const { db, redis, settings, log, now } = options;
  const { storage, damagedBlobs, quotas, quota, versions, entries, uploads, writes } =
    openRecords(options);
  const { jobs, outcomes } = openQueue({ redis, prefix: settings.redisPrefix, log });
  const { publisher, aborter } = openPublishing({
    uploads,
    versions,
    entries,
    storage,
    writes,
    quota,
    jobs,
    settings,
    now,
  });
  return {
    maintenance: openMaintenance({
      db,
      storage,
      damagedBlobs,
      quotas,
      quota,
      versions,
      entries,
      uploads,
      publisher,
      aborter,
      jobs,
      settings,
      log,
      now,
    }),
    outcomes,
    close: () => jobs.close(),
  };
}
