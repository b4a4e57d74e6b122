import type { Db } from "mongodb";
import type { Access } from "./access/service.js";
import type { ContentIndexRepository } from "./content-index/repository.js";
import type { ContentIndexSettings } from "./content-index/settings.js";
import type { TermHashes } from "./content-index/terms.js";
import type { DamagedBlobs } from "./damaged-blobs/repository.js";
import { EntryChangesRepository } from "./entries/changes-repository.js";
import { EntryListing } from "./entries/listing.js";
import type { EntriesRepository } from "./entries/repository.js";
import type { TreeRepository } from "./entries/tree-repository.js";
import { Files } from "./files/service.js";
import { FileVersions } from "./files/versions.js";
import { Changes } from "./folders/changes.js";
import { Moves } from "./folders/moves.js";
import { FolderPaths } from "./folders/paths.js";
import { Folders } from "./folders/service.js";
import { Mounts } from "./mounts/service.js";
import { FilePipelines } from "./pipeline/file-pipelines.js";
import type { PipelineRepository } from "./pipeline/repository.js";
import { Previews } from "./previews/service.js";
import type { OrderedWrites } from "./platform/ordered-writes.js";
import type { JobProducer } from "./queue/producer.js";
import type { Storage } from "./storage/open.js";
import { openSearch } from "./search/open.js";
import { Removal } from "./trash/removal.js";
import type { TrashRepository } from "./trash/repository.js";
import { Trash } from "./trash/service.js";
import type { TrashSettings } from "./trash/settings.js";
import type { ContentGate } from "./versions/content-gate.js";
import type { VersionHistory } from "./versions/history-repository.js";
import type { VersionsRepository } from "./versions/repository.js";

interface Options {
  readonly db: Db;
  readonly storage: Pick<Storage, "blobs" | "previews" | "quarantine">;
  readonly damagedBlobs: DamagedBlobs;
  readonly entries: EntriesRepository;
  readonly tree: TreeRepository;
  readonly trash: TrashRepository;
  readonly access: Access;
  readonly versions: VersionsRepository;
  readonly contentGate: ContentGate;
  readonly pipelines: PipelineRepository;
  readonly history: VersionHistory;
  readonly writes: OrderedWrites;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly contentIndex: ContentIndexRepository;
  readonly termHashes: TermHashes;
  readonly settings: TrashSettings & ContentIndexSettings;
  readonly now: () => Date;
}

/** Opens what people do with files and folders that are there. */
export function openFiling({ storage, settings, ...given }: Options) {
  const { db } = given;
  const listing = new EntryListing(db);
  const moves = new Moves(given);
  const folders = new Folders({ ...given, listing });
  const folderPaths = new FolderPaths({ ...given, folders });
  return {
    trash: new Trash({ ...given, folderPaths, moves }),
    fileVersions: new FileVersions(given),
    filePipelines: new FilePipelines(given),
    files: new Files({ ...given, listing, blobs: storage.blobs }),
    previews: new Previews({ ...given, store: storage.previews }),
    folders,
    mounts: new Mounts(given),
    folderPaths,
    moves,
    changes: new Changes({ ...given, moves, changes: new EntryChangesRepository(db) }),
    search: openSearch({ ...given, storage, settings }),
    removal: new Removal({ ...given, retentionMs: settings.trashRetentionMs }),
  };
}
