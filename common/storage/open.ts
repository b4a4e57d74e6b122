import type { Db, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import { BlobHolds } from "./blob-holds.js";
import { BlobQuarantine } from "./blob-quarantine.js";
import { BlobReferences } from "./blob-references.js";
import { type BlobStore, createBlobStore } from "./blob-store.js";
import { type Bucket, openBucket } from "./bucket.js";
import { Keyring } from "./keyring.js";
import { PreviewStore } from "./preview-store.js";
import { ResumableBlobs } from "./resumable-blobs.js";
import type { StorageSettings } from "./settings.js";

/** The bytes of versions and of uploads. */
export interface Storage {
  readonly bucket: Bucket;
  readonly keyring: Keyring;
  readonly blobs: BlobStore;
  readonly references: BlobReferences;
  readonly holds: BlobHolds;
  readonly quarantine: BlobQuarantine;
  readonly resumableBlobs: ResumableBlobs;
  readonly previews: PreviewStore;
}

interface Options {
  readonly db: Db;
  readonly settings: StorageSettings;
  readonly now: () => Date;
  /** The versions that have a blob as their content. */
  readonly namedBy: (blobId: ObjectId) => Promise<readonly Id[]>;
}

/** Opens the bucket, with the keys that its content is encrypted with. */
export function openStorage({ db, settings, now, namedBy }: Options): Storage {
  const bucket = openBucket(db);
  const keyring = new Keyring(settings.encryptionKeys);
  const blobs = createBlobStore({ bucket, keyring, now });
  return {
    bucket,
    keyring,
    blobs,
    references: new BlobReferences({ bucket, namedBy }),
    holds: new BlobHolds(bucket),
    quarantine: new BlobQuarantine(bucket),
    resumableBlobs: new ResumableBlobs({ bucket, blobs, now }),
    previews: new PreviewStore({
      ...{ previews: bucket.previews, bucket, keyring, now },
      sweeps: db.collection("sweeps"),
    }),
  };
}
