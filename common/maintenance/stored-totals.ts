import type { Db } from "mongodb";
import { openBucket } from "../storage/bucket.js";

/** How much is stored, from counters that MongoDB keeps; after a crash they may be a little off. */
export interface StoredTotals {
  readonly blobs: number;
  /** Uncompressed, with the little that BSON puts around each chunk. */
  readonly chunkBytes: number;
  /** What the chunks take on disk, compressed; what deleted ones have left among it. */
  readonly diskBytes: number;
  /** What of that is free for new chunks; `undefined` where the store does not say. */
  readonly freeDiskBytes: number | undefined;
  readonly previews: number;
  /** As `chunkBytes`, of previews alone. */
  readonly previewBytes: number;
}

export async function readStoredTotals(db: Db): Promise<StoredTotals> {
  const { files, chunks, previews } = openBucket(db);
  const [blobs, stats, previewCount, previewStats] = await Promise.all([
    files.estimatedDocumentCount(),
    db.command({ collStats: chunks.collectionName }),
    previews.files.estimatedDocumentCount(),
    db.command({ collStats: previews.chunks.collectionName }),
  ]);
  const { size, storageSize, freeStorageSize } = stats;
  return {
    blobs,
    chunkBytes: Number(size),
    diskBytes: Number(storageSize),
    freeDiskBytes: freeStorageSize === undefined ? undefined : Number(freeStorageSize),
    previews: previewCount,
    previewBytes: Number(previewStats["size"]),
  };
}
