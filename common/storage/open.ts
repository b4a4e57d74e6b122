import type { Db } from "mongodb";
import { type BlobStore, createBlobStore } from "./blob-store.js";
import { type Bucket, openBucket } from "./bucket.js";
import { Keyring } from "./keyring.js";
import { ResumableBlobs } from "./resumable-blobs.js";
import type { StorageSettings } from "./settings.js";

/** The bytes of versions and of uploads. */
export interface Storage {
  readonly bucket: Bucket;
  readonly keyring: Keyring;
  readonly blobs: BlobStore;
  readonly resumableBlobs: ResumableBlobs;
}

interface Options {
  readonly db: Db;
  readonly settings: StorageSettings;
  readonly now: () => Date;
}

/** Opens the bucket, with the keys that its content is encrypted with. */
export function openStorage({ db, settings, now }: Options): Storage {
  const bucket = openBucket(db);
  const keyring = new Keyring(settings.encryptionKeys);
  const blobs = createBlobStore({ bucket, keyring, now });
  return { bucket, keyring, blobs, resumableBlobs: new ResumableBlobs({ bucket, blobs, now }) };
}
