import type { Db, IndexDescription } from "mongodb";
import { archiveIndexes } from "../archives/repository.js";
import { entryIndexes } from "../entries/indexes.js";
import { accountOutboxIndexes, eventIndexes, outboxIndexes } from "../events/indexes.js";
import { idempotencyIndexes } from "../idempotency/repository.js";
import { quarantineIndexes } from "../quarantine/repository.js";
import { searchIndexes } from "../search/repository.js";
import { bucketIndexes } from "../storage/bucket.js";
import { damageIndexes } from "../damaged-blobs/repository.js";
import { identityIndexes } from "./identity-indexes.js";
import { sharingIndexes } from "./sharing-indexes.js";
import { workIndexes } from "./work-indexes.js";
import { trashAccountIndexes, trashIndexes } from "../trash/repository.js";
import { uploadIndexes } from "../uploads/repository.js";
import { usageEntryIndexes, usageIndexes } from "../usage/repository.js";
import { versionIndexes } from "../versions/repository.js";

const indexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  ...archiveIndexes,
  ...bucketIndexes,
  ...identityIndexes,
  ...sharingIndexes,
  ...workIndexes,
  accounts: [...identityIndexes.accounts, ...trashAccountIndexes, ...accountOutboxIndexes],
  damagedBlobs: damageIndexes,
  entries: [
    ...entryIndexes,
    ...searchIndexes,
    ...trashIndexes,
    ...usageEntryIndexes,
    ...outboxIndexes,
  ],
  events: eventIndexes,
  idempotencyKeys: idempotencyIndexes,
  uploads: uploadIndexes,
  usages: usageIndexes,
  versions: [...versionIndexes, ...quarantineIndexes],
};

/** Creates every index that is missing. May be repeated; fails hard, because uniqueness rests on it. */
export async function createIndexes(db: Db): Promise<void> {
  for (const [collection, descriptions] of Object.entries(indexes)) {
    await db.collection(collection).createIndexes([...descriptions]);
  }
}
