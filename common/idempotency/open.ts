import type { Db } from "mongodb";
import type { EntriesRepository } from "../entries/repository.js";
import type { Aborter } from "../uploads/aborter.js";
import type { Publisher } from "../uploads/publisher.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { Uploads } from "../uploads/service.js";
import type { UploadSettings } from "../uploads/settings.js";
import type { VersionsRepository } from "../versions/repository.js";
import { EarlierUploads } from "./earlier-uploads.js";
import { IdempotencyRepository } from "./repository.js";
import { UploadRequests } from "./requests.js";
import type { IdempotencySettings } from "./settings.js";

/** The longest that the next try waits for a process that died. */
const LONGEST_LEASE_MS = 30_000;

interface Options {
  readonly db: Db;
  readonly incoming: Uploads;
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly now: () => Date;
  readonly settings: Pick<UploadSettings, "uploadLeaseMs"> & IdempotencySettings;
}

/** Opens the requests that may be sent again. */
export function openUploadRequests(options: Options): UploadRequests {
  const { db, incoming, uploads, versions, entries, publisher, aborter, now, settings } = options;
  return new UploadRequests({
    keys: new IdempotencyRepository(db),
    uploads: incoming,
    earlierUploads: new EarlierUploads({ uploads, versions, entries, publisher, aborter }),
    now,
    leaseMs: Math.min(settings.uploadLeaseMs, LONGEST_LEASE_MS),
    ttlMs: settings.idempotencyKeyTtlMs,
  });
}
