import type { Db } from "mongodb";
import { EntriesRepository } from "./entries/repository.js";
import { OrderedWrites } from "./platform/ordered-writes.js";
import { QuotaRepository } from "./quota/repository.js";
import { ResumableBlobs } from "./storage/resumable-blobs.js";
import { type BlobStore, createBlobStore } from "./storage/blob-store.js";
import { DamagedBlobs } from "./damaged-blobs/repository.js";
import { openBucket } from "./storage/bucket.js";
import type { Keyring } from "./storage/keyring.js";
import { UploadsRepository } from "./uploads/repository.js";
import { VersionsRepository } from "./versions/repository.js";

/** Everything that is kept in MongoDB, by noun. */
export interface Repositories {
  readonly blobs: BlobStore;
  readonly damagedBlobs: DamagedBlobs;
  readonly entries: EntriesRepository;
  /** {@link entries}, for what works with files alone. */
  readonly files: EntriesRepository;
  readonly quotas: QuotaRepository;
  readonly resumableBlobs: ResumableBlobs;
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
  readonly writes: OrderedWrites;
}

interface Options {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function openRepositories({ db, keyring, now }: Options): Repositories {
  const bucket = openBucket(db);
  const blobs = createBlobStore({ bucket, keyring, now });
  const entries = new EntriesRepository(db);
  return {
    blobs,
    damagedBlobs: new DamagedBlobs({ db, now }),
    entries,
    files: entries,
    quotas: new QuotaRepository(db),
    resumableBlobs: new ResumableBlobs({ bucket, blobs, now }),
    uploads: new UploadsRepository(db),
    versions: new VersionsRepository(db),
    writes: new OrderedWrites(db),
  };
}
