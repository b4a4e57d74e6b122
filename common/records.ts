import type { Db, ObjectId } from "mongodb";
import { ContentIndexRepository } from "./content-index/repository.js";
import { TermHashes } from "./content-index/terms.js";
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
  const namedBy = (blobId: ObjectId) => versions.listIdsByBlob(blobId);
  const storage = openStorage({ db, settings, now, namedBy });
  return {
    db,
    storage,
    contentIndex: new ContentIndexRepository(db),
    termHashes: new TermHashes(storage.keyring),
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
