import type { Db } from "mongodb";
import type { DamagedBlobs } from "../damaged-blobs/repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { MailOutcomes } from "../mail/outcomes.js";
import type { Logger } from "../platform/log.js";
import type { JobQueue } from "../queue/open.js";
import type { ScanOutcomes } from "../scan/outcomes.js";
import type { UploadsRepository } from "../uploads/repository.js";
import type { PipelineRepository } from "../pipeline/repository.js";
import { MongoMetrics } from "./mongo-metrics.js";
import { RedisMetrics } from "./redis-metrics.js";
import { StoreMetrics } from "./store-metrics.js";

/** How long a store may be silent before its figures are left out, in milliseconds: well below Prometheus's 10 s. */
const TIMEOUT_MS = 2000;

interface Options {
  readonly pipelines: PipelineRepository;
  readonly db: Db;
  readonly damagedBlobs: DamagedBlobs;
  readonly entries: EntriesRepository;
  readonly uploads: UploadsRepository;
  readonly queue: JobQueue;
  readonly mailOutcomes: MailOutcomes;
  readonly scanOutcomes: ScanOutcomes;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Opens the figures that all processes share, from both stores. */
export function openStoreMetrics(options: Options): StoreMetrics {
  const { db, damagedBlobs, pipelines, entries, uploads, queue, log, now } = options;
  const { mailOutcomes, scanOutcomes } = options;
  return new StoreMetrics({
    sources: [
      new MongoMetrics({ db, damagedBlobs, entries, uploads, pipelines, now }),
      new RedisMetrics({ ...queue, mailOutcomes, scanOutcomes }),
    ],
    timeoutMs: TIMEOUT_MS,
    log,
  });
}
