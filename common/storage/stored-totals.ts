import type { Db } from "mongodb";
import { openBucket } from "./bucket.js";

/** How much is stored, from counters that MongoDB keeps; after a crash they may be a little off. */
export interface StoredTotals {
  readonly blobs: number;
  /** Uncompressed, with the little that BSON puts around each chunk. */
  readonly chunkBytes: number;
}

export async function readStoredTotals(db: Db): Promise<StoredTotals> {
  const { files, chunks } = openBucket(db);
  const [blobs, { size }] = await Promise.all([
    files.estimatedDocumentCount(),
    db.command({ collStats: chunks.collectionName }),
  ]);
  return { blobs, chunkBytes: Number(size) };
}
