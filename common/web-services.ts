import type { Db } from "mongodb";
import { createPasswords } from "./accounts/passwords.js";
import { createAccountsRepository } from "./accounts/repository.js";
import { type Accounts, createAccounts } from "./accounts/service.js";
import { FileListing } from "./files/listing.js";
import { Files } from "./files/service.js";
import type { WebConfig } from "./platform/config.js";
import type { JobProducer } from "./queue/producer.js";
import { Quota } from "./quota/service.js";
import { openRepositories } from "./repositories.js";
import { Keyring } from "./storage/keyring.js";
import { Aborter } from "./uploads/aborter.js";
import { Publisher } from "./uploads/publisher.js";
import { Uploads } from "./uploads/service.js";
import type { UploadDoc } from "./uploads/upload.js";

interface Options {
  readonly db: Db;
  readonly jobs: JobProducer;
  readonly config: WebConfig;
  readonly now: () => Date;
}

/** What requests are answered with. */
export interface WebServices {
  readonly accounts: Accounts;
  readonly files: Files;
  readonly uploads: Uploads;
}

export function createWebServices({ db, jobs, config, now }: Options): WebServices {
  const keyring = new Keyring(config.encryptionKeys);
  const repositories = openRepositories({ db, keyring, now });
  const { blobs, files, quotas, uploads, versions } = repositories;
  const quota = new Quota({ accounts: quotas, now });
  return {
    accounts: openAccounts({ db, config, now }),
    files: new Files({ files, versions, blobs, jobs, now, listing: new FileListing(db) }),
    uploads: new Uploads({
      uploads,
      blobs,
      files,
      quota,
      publisher: new Publisher({ ...repositories, now }),
      aborter: new Aborter({ ...repositories, quota }),
      now,
      leaseMs: config.uploadLeaseMs,
      maxFileBytes: config.maxFileBytes,
      onPublished: (upload) => {
        enqueueJobs(jobs, upload);
      },
    }),
  };
}

function openAccounts({ db, config, now }: Pick<Options, "db" | "config" | "now">): Accounts {
  return createAccounts({
    accounts: createAccountsRepository({ db }),
    passwords: createPasswords({
      memoryKib: config.passwordHashMemoryKib,
      iterations: config.passwordHashIterations,
      maxConcurrent: config.maxConcurrentPasswordHashes,
    }),
    defaultQuotaBytes: config.defaultQuotaBytes,
    now,
  });
}

function enqueueJobs(jobs: JobProducer, { _id: uploadId, ownerId, versionId }: UploadDoc): void {
  jobs.enqueue({ name: "file.inspect", data: { ownerId, versionId, generation: 0 } });
  jobs.enqueue({ name: "quota.settle", data: { ownerId, uploadId } });
}
