import type { Db } from "mongodb";
import type { EntriesRepository } from "../../entries/repository.js";
import type { TreeRepository } from "../../entries/tree-repository.js";
import type { Logger } from "../../platform/log.js";
import type { QuotaRepository } from "../../quota/repository.js";
import type { Storage } from "../../storage/open.js";
import type { UploadsRepository } from "../../uploads/repository.js";
import type { VersionsRepository } from "../../versions/repository.js";
import { UsageDrift } from "../usage-drift.js";
import { openBlobJudgement } from "../scrub/open.js";
import { BlobsCheck } from "./blobs-check.js";
import { FsckEntriesRepository } from "./entries-repository.js";
import { EventsCheck } from "./events-check.js";
import { FsckEventsRepository } from "./events-repository.js";
import { Fsck } from "./fsck.js";
import { PreviewsCheck } from "./previews-check.js";
import { FsckPreviewsRepository } from "./previews-repository.js";
import { FsckRunsRepository } from "./runs-repository.js";
import { RecoveredFolder } from "./recovered-folder.js";
import { TreeCheck } from "./tree-check.js";
import { UsageCheck } from "./usage-check.js";
import { VersionsCheck } from "./versions-check.js";

/** How long a process that died keeps others from the run. */
const LEASE_MS = 30_000;

interface Options {
  readonly db: Db;
  readonly storage: Storage;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly tree: TreeRepository;
  readonly uploads: UploadsRepository;
  readonly quotas: QuotaRepository;
  readonly log: Logger;
  readonly now: () => Date;
  /** As {@link Fsck} takes it. Default: 2 seconds. */
  readonly patienceMs?: number | undefined;
}

/** Opens what checks all that is stored, and its runs. */
export function openFsck(options: Options) {
  const { db, entries, tree, quotas: accounts, log, now, patienceMs = 2000 } = options;
  const documents = new FsckEntriesRepository(db);
  const recovered = new RecoveredFolder({ documents, entries, tree, now });
  const runs = new FsckRunsRepository({ db, now, leaseMs: LEASE_MS });
  const checks = [
    new BlobsCheck(openBlobJudgement(options)),
    new VersionsCheck({ documents, recovered }),
    new TreeCheck({ documents, recovered }),
    new UsageCheck({ accounts, drift: new UsageDrift({ ...options, accounts }) }),
    new PreviewsCheck(new FsckPreviewsRepository(db)),
    new EventsCheck(new FsckEventsRepository(db)),
  ];
  return { runs, fsck: new Fsck({ runs, checks, leaseMs: LEASE_MS, patienceMs, log }) };
}
