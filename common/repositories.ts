import type { Db } from "mongodb";
import { FilesRepository } from "./files/repository.js";
import { QuotaRepository } from "./quota/repository.js";
import { type BlobStore, createBlobStore } from "./storage/blob-store.js";
import { openBucket } from "./storage/bucket.js";
import type { Keyring } from "./storage/keyring.js";
import { UploadsRepository } from "./uploads/repository.js";
import { VersionsRepository } from "./versions/repository.js";

/** Everything that is kept in MongoDB, by noun. */
export interface Repositories {
  readonly blobs: BlobStore;
  readonly files: FilesRepository;
  readonly quotas: QuotaRepository;
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
}

interface Options {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function openRepositories({ db, keyring, now }: Options): Repositories {
  return {
    blobs: createBlobStore({ bucket: openBucket(db), keyring, now }),
    files: new FilesRepository(db),
    quotas: new QuotaRepository(db),
    uploads: new UploadsRepository(db),
    versions: new VersionsRepository(db),
  };
}
