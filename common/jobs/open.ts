import type { Db } from "mongodb";
import type { DeletedEntries } from "../access/deleted-entries.js";
import type { Access } from "../access/service.js";
import { AccountsRepository } from "../accounts/repository.js";
import type { AuditLog } from "../audit/log.js";
import { CredentialsRepository } from "../credentials/repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import { WalkRepository } from "../entries/walk-repository.js";
import type { Folders } from "../folders/service.js";
import type { Mounts } from "../mounts/service.js";
import type { JobProducer } from "../queue/producer.js";
import type { Copies } from "../uploads/copies.js";
import type { VersionHistory } from "../versions/history-repository.js";
import type { Operations } from "../operations/service.js";
import type { FileSearch } from "../search/service.js";
import { JobActors } from "./actors.js";
import { BulkWork } from "./bulk-work.js";
import { FolderCopies } from "./folder-copies.js";
import { JobItemsRepository } from "./items-repository.js";
import { JobsRepository } from "./repository.js";
import { JobRunner } from "./runner.js";
import { Selections } from "./selections.js";
import { Jobs } from "./service.js";
import type { JobSettings } from "./settings.js";
import { TreeCopy } from "./tree-copy.js";
import { WorkByTask } from "./work-by-task.js";

interface Options {
  readonly db: Db;
  readonly entries: EntriesRepository;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly settings: JobSettings;
  readonly now: () => Date;
}

/** Opens what requests do with jobs. */
export function openJobs({ db, entries, jobs: queue, settings, now }: Options) {
  const jobs = new Jobs({
    jobs: new JobsRepository(db),
    items: new JobItemsRepository(db),
    queue,
    now,
    retentionMs: settings.jobRetentionMs,
  });
  return { watchedJobs: jobs, folderCopies: new FolderCopies({ entries, jobs }) };
}

interface WorkerOptions extends Options {
  readonly access: Access;
  readonly deleted: DeletedEntries;
  readonly history: VersionHistory;
  readonly folders: Folders;
  readonly mounts: Mounts;
  readonly copies: Copies;
  readonly operations: Operations;
  readonly search: FileSearch;
  readonly audit: AuditLog;
  /** How long a worker keeps others away from a job, in milliseconds. */
  readonly leaseMs: number;
}

/** What the worker does with jobs. */
export interface JobWork {
  readonly jobs: JobsRepository;
  readonly runner: JobRunner;
}

/** Opens what does jobs. */
export function openJobWork(options: WorkerOptions): JobWork {
  const { db, jobs: queue, settings, now, leaseMs } = options;
  const jobs = new JobsRepository(db);
  const tree = new WalkRepository(db);
  const runner = new JobRunner({
    jobs,
    items: new JobItemsRepository(db),
    actors: new JobActors({
      accounts: new AccountsRepository(db),
      credentials: new CredentialsRepository(db),
      now,
    }),
    work: new WorkByTask({
      treeCopy: new TreeCopy({ ...options, tree }),
      bulk: new BulkWork({ ...options, selections: new Selections({ ...options, tree }) }),
    }),
    queue,
    now,
    leaseMs,
    retentionMs: settings.jobRetentionMs,
  });
  return { jobs, runner };
}
