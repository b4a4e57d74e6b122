import type { Db } from "mongodb";
import type { Access } from "../access/service.js";
import { WalkRepository } from "../entries/walk-repository.js";
import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import { LONGEST_JOB_MS } from "../queue/catalogue.js";
import type { JobProducer } from "../queue/producer.js";
import type { Storage } from "../storage/open.js";
import type { ContentGate } from "../versions/content-gate.js";
import type { VersionsRepository } from "../versions/repository.js";
import { ArchiveContents } from "./contents.js";
import { openExportListing } from "./export/open.js";
import { SelectionListing } from "./listing.js";
import { ArchivePreparation } from "./preparation.js";
import { ArchiveRelease } from "./release.js";
import { ArchivesRepository } from "./repository.js";
import { Archives } from "./service.js";
import type { ArchiveSettings } from "./settings.js";

/** The files and folders of one archive. */
const MAX_MEMBERS = 1_000_000;

/** What every process does with archives. */
export interface Archiving {
  readonly archives: ArchivesRepository;
  readonly preparation: ArchivePreparation;
  readonly release: ArchiveRelease;
}

interface Options {
  readonly db: Db;
  readonly storage: Storage;
  readonly versions: VersionsRepository;
  readonly contentGate: ContentGate;
  readonly now: () => Date;
}

/** Opens what prepares archives and ends them. */
export function openArchiving({ db, storage, versions, contentGate, now }: Options): Archiving {
  const { holds, references } = storage;
  const archives = new ArchivesRepository(db);
  const release = new ArchiveRelease({ archives, holds, now, keepMs: 2 * LONGEST_JOB_MS });
  const tree = new WalkRepository(db);
  const preparation = new ArchivePreparation({
    archives,
    selections: new SelectionListing(tree),
    exports: openExportListing(db, tree),
    versions,
    contentGate,
    holds,
    references,
    release,
    maxMembers: MAX_MEMBERS,
  });
  return { archives, preparation, release };
}

interface WebOptions extends Options {
  readonly access: Access;
  readonly damagedBlobs: DamagedBlobs;
  readonly jobs: JobProducer;
  readonly settings: ArchiveSettings;
}

/** Opens what requests do with archives. */
export function openArchives(options: WebOptions): Archives {
  const { access, storage, damagedBlobs, jobs, settings, now } = options;
  const { archives, preparation } = openArchiving(options);
  return new Archives({
    access,
    archives,
    preparation,
    contents: new ArchiveContents({ blobs: storage.blobs, damagedBlobs }),
    jobs,
    now,
    maxMembers: MAX_MEMBERS,
    lifetimeMs: settings.archiveLifetimeMs,
  });
}
