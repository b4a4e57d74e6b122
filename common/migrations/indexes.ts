import type { Db, IndexDescription } from "mongodb";
import { accountIndexes } from "../accounts/repository.js";
import { entryIndexes } from "../entries/repository.js";
import { idempotencyIndexes } from "../idempotency/repository.js";
import { quotaIndexes } from "../quota/repository.js";
import { bucketIndexes } from "../storage/bucket.js";
import { damageIndexes } from "../damaged-blobs/repository.js";
import { orphanIndexes } from "../maintenance/orphan-sweep.js";
import { uploadIndexes } from "../uploads/repository.js";
import { versionIndexes } from "../versions/repository.js";

const indexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  ...bucketIndexes,
  accounts: [...accountIndexes, ...quotaIndexes],
  damagedBlobs: damageIndexes,
  entries: entryIndexes,
  idempotencyKeys: idempotencyIndexes,
  orphans: orphanIndexes,
  uploads: uploadIndexes,
  versions: versionIndexes,
};

/** Creates every index that is missing. May be repeated; fails hard, because uniqueness rests on it. */
export async function createIndexes(db: Db): Promise<void> {
  for (const [collection, descriptions] of Object.entries(indexes)) {
    await db.collection(collection).createIndexes([...descriptions]);
  }
}
