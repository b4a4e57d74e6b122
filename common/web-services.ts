import type { Db } from "mongodb";
import { openAccounts } from "./accounts/open.js";
import type { Accounts } from "./accounts/service.js";
import { Access } from "./access/service.js";
import { EntryListing } from "./entries/listing.js";
import { Files } from "./files/service.js";
import { EarlierUploads } from "./idempotency/earlier-uploads.js";
import { IdempotencyKeys } from "./idempotency/service.js";
import type { AccountSettings } from "./accounts/settings.js";
import type { IdempotencySettings } from "./idempotency/settings.js";
import type { JobProducer } from "./queue/producer.js";
import { Quota } from "./quota/service.js";
import { openRepositories, type Repositories } from "./repositories.js";
import type { StorageSettings } from "./storage/settings.js";
import type { ResumableUploadSettings, UploadSettings } from "./uploads/settings.js";
import { Keyring } from "./storage/keyring.js";
import { Admission } from "./uploads/admission.js";
import { Aborter } from "./uploads/aborter.js";
import { Concatenation } from "./uploads/concatenation.js";
import type { Leases } from "./uploads/lease.js";
import { type Published, Publisher } from "./uploads/publisher.js";
import { SmallUploads } from "./uploads/small-uploads.js";
import { ResumableUploads } from "./uploads/resumable-service.js";
import { Uploads } from "./uploads/service.js";
import type { UploadDoc } from "./uploads/upload.js";

interface Options {
  readonly db: Db;
  readonly jobs: JobProducer;
  readonly leases: Leases;
  readonly config: AccountSettings &
    IdempotencySettings &
    ResumableUploadSettings &
    StorageSettings &
    UploadSettings;
  readonly now: () => Date;
}

/** What requests are answered with. */
export interface WebServices {
  readonly access: Access;
  readonly accounts: Accounts;
  readonly files: Files;
  readonly uploads: Uploads;
  readonly resumableUploads: ResumableUploads;
  readonly concatenation: Concatenation;
  readonly idempotencyKeys: IdempotencyKeys;
}

/** The longest that a repeat waits for a request whose process died. */
const LONGEST_KEY_LEASE_MS = 30_000;

export function createWebServices(options: Options): WebServices {
  const { db, jobs, config, now } = options;
  const keyring = new Keyring(config.encryptionKeys);
  const repositories = openRepositories({ db, keyring, now });
  return {
    access: new Access({ entries: repositories.entries }),
    accounts: openAccounts({ db, settings: config, now }),
    files: new Files({
      ...repositories,
      jobs,
      now,
      listing: new EntryListing(db),
    }),
    ...openUploads({ ...options, repositories }),
  };
}

type UploadOptions = Options & { readonly repositories: Repositories };

function openUploads(
  options: UploadOptions,
): Pick<WebServices, "uploads" | "resumableUploads" | "concatenation" | "idempotencyKeys"> {
  const { repositories, leases, config, now } = options;
  const deps = uploadDeps(options);
  const uploads = new Uploads({ ...deps, smallUploads: new SmallUploads(deps) });
  const resumableUploads = new ResumableUploads({
    ...deps,
    blobs: repositories.resumableBlobs,
    leases,
    expiryMs: config.resumableUploadExpiryMs,
  });
  return {
    uploads,
    resumableUploads,
    concatenation: new Concatenation({ ...deps, resumables: resumableUploads }),
    idempotencyKeys: new IdempotencyKeys({
      entries: repositories.idempotency,
      uploads,
      earlierUploads: new EarlierUploads(deps),
      now,
      leaseMs: Math.min(deps.leaseMs, LONGEST_KEY_LEASE_MS),
      ttlMs: config.idempotencyKeyTtlMs,
    }),
  };
}

/** What every way in for content needs. */
function uploadDeps({ repositories, jobs, config, now }: UploadOptions) {
  const { maxFileBytes, uploadLeaseMs: leaseMs, resumableUploadExpiryMs: receiptMs } = config;
  const quota = new Quota({ accounts: repositories.quotas, now });
  const aborter = new Aborter({ ...repositories, quota });
  return {
    ...repositories,
    quota,
    aborter,
    publisher: new Publisher({ ...repositories, now, receiptMs }),
    admission: new Admission({ ...repositories, quota, aborter, now, maxFileBytes }),
    now,
    leaseMs,
    maxFileBytes,
    onPublished: (upload: UploadDoc, published: Published) => {
      enqueueJobs(jobs, upload, published);
    },
  };
}

function enqueueJobs(
  jobs: JobProducer,
  { _id: uploadId, ownerId, versionId }: UploadDoc,
  { isSettled }: Published,
): void {
  jobs.enqueue({ name: "file.inspect", data: { ownerId, versionId, generation: 0 } });
  if (!isSettled) jobs.enqueue({ name: "quota.settle", data: { ownerId, uploadId } });
}
