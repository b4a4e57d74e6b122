import type { Db } from "mongodb";
import { openAccounts } from "./accounts/open.js";
import type { Accounts } from "./accounts/service.js";
import { Access } from "./access/service.js";
import { EntryListing } from "./entries/listing.js";
import { Folders } from "./folders/service.js";
import { Files } from "./files/service.js";
import type { AccountSettings } from "./accounts/settings.js";
import { openUploadRequests } from "./idempotency/open.js";
import type { UploadRequests } from "./idempotency/requests.js";
import type { IdempotencySettings } from "./idempotency/settings.js";
import type { JobProducer } from "./queue/producer.js";
import { Quota } from "./quota/service.js";
import { openRepositories, type Repositories } from "./repositories.js";
import type { StorageSettings } from "./storage/settings.js";
import type { ResumableUploadSettings, UploadSettings } from "./uploads/settings.js";
import { Keyring } from "./storage/keyring.js";
import { openPublishing, openUploads } from "./uploads/open.js";
import type { Concatenation } from "./uploads/resumable/concatenation.js";
import type { Leases } from "./uploads/resumable/lease.js";
import type { ResumableUploads } from "./uploads/resumable/service.js";
import type { Uploads } from "./uploads/service.js";

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
  readonly folders: Folders;
  readonly uploads: Uploads;
  readonly resumableUploads: ResumableUploads;
  readonly concatenation: Concatenation;
  readonly uploadRequests: UploadRequests;
}

export function createWebServices(options: Options): WebServices {
  const { db, jobs, config, now } = options;
  const keyring = new Keyring(config.encryptionKeys);
  const repositories = openRepositories({ db, keyring, now });
  const { entries } = repositories;
  const listing = new EntryListing(db);
  return {
    access: new Access({ entries }),
    accounts: openAccounts({ db, settings: config, now }),
    files: new Files({
      ...repositories,
      jobs,
      now,
      listing,
    }),
    folders: new Folders({ entries, listing, now }),
    ...openUploadServices(options, repositories),
  };
}

function openUploadServices(options: Options, repositories: Repositories) {
  const { db, leases, config: settings, now } = options;
  const { uploads, versions, files } = repositories;
  const parts = { ...repositories, jobs: options.jobs, leases, now, settings };
  const quota = new Quota({ quotas: repositories.quotas, now });
  const publishing = openPublishing({ ...parts, quota });
  const opened = openUploads({ ...parts, ...publishing, quota });
  const uploadRequests = openUploadRequests({
    db,
    incoming: opened.uploads,
    uploads,
    versions,
    files,
    ...publishing,
    now,
    settings,
  });
  return { ...opened, uploadRequests };
}
