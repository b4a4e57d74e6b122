import type { Db } from "mongodb";
import { DamagedBlobs } from "./damaged-blobs/repository.js";
import { EntriesRepository } from "./entries/repository.js";
import { TreeRepository } from "./entries/tree-repository.js";
import { PipelineRepository } from "./pipeline/repository.js";
import { OrderedWrites } from "./platform/ordered-writes.js";
import { openQuota } from "./quota/open.js";
import { openStorage } from "./storage/open.js";
import { TrashRepository } from "./trash/repository.js";
import { UploadsRepository } from "./uploads/repository.js";
import { VersionHistory } from "./versions/history-repository.js";
import { VersionsRepository } from "./versions/repository.js";
import type { StorageSettings } from "./storage/settings.js";

/** What records are opened with. */
export interface RecordOptions {
  readonly db: Db;
  readonly settings: StorageSettings;
  readonly now: () => Date;
}

export type Records = ReturnType<typeof openRecords>;

/** What MongoDB holds, by noun. Every process and every command of an operator works on it. */
export function openRecords({ db, settings, now }: RecordOptions) {
  const versions = new VersionsRepository(db);
  return {
    db,
    storage: openStorage({
      db,
      settings,
      now,
      namedBy: (blobId) => versions.listIdsByBlob(blobId),
    }),
    damagedBlobs: new DamagedBlobs({ db, now }),
    ...openQuota({ db, now }),
    versions,
    pipelines: new PipelineRepository(db),
    history: new VersionHistory(db),
    entries: new EntriesRepository(db),
    tree: new TreeRepository(db),
    trash: new TrashRepository(db),
    uploads: new UploadsRepository(db),
    writes: new OrderedWrites(db),
  };
}
