import type { Db } from "mongodb";
import type { EntriesRepository } from "../entries/repository.js";
import type { DeferredWork } from "../platform/deferred-work.js";
import type { Aborter } from "../uploads/aborter.js";
import type { Publisher } from "../uploads/publisher.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { Uploads } from "../uploads/service.js";
import type { UploadSettings } from "../uploads/settings.js";
import type { VersionsRepository } from "../versions/repository.js";
import { EarlierUploads } from "./earlier-uploads.js";
import { KeyClaims } from "./key-claims.js";
import { OnceRequests } from "./once-requests.js";
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
  readonly deferred: Pick<DeferredWork, "defer">;
  readonly now: () => Date;
  readonly settings: Pick<UploadSettings, "uploadLeaseMs"> & IdempotencySettings;
}

/** Opens the requests that may be sent again. */
export function openIdempotency(options: Options) {
  const { db, incoming, uploads, versions, entries, publisher, aborter } = options;
  const { deferred, now, settings } = options;
  const keys = new IdempotencyRepository(db);
  const leaseMs = Math.min(settings.uploadLeaseMs, LONGEST_LEASE_MS);
  const ttlMs = settings.idempotencyKeyTtlMs;
  const claims = new KeyClaims({ keys, deferred, now, leaseMs, ttlMs });
  const earlierUploads = new EarlierUploads({ uploads, versions, entries, publisher, aborter });
  return {
    uploadRequests: new UploadRequests({ keys, uploads: incoming, claims, earlierUploads }),
    onceRequests: new OnceRequests({ keys, claims, earlierUploads }),
  };
}
