import type { Db } from "mongodb";
import { mongoMetrics } from "./mongo-metrics.js";
import { redisMetrics } from "./redis-metrics.js";
import { StoreMetrics } from "./store-metrics.js";
import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { JobOutcomes } from "../queue/job-outcomes.js";
import type { JobProducer } from "../queue/producer.js";
import { openRepositories } from "../repositories.js";
import { Keyring } from "../storage/keyring.js";

/** How long a store may be silent before its figures are left out, in milliseconds: well below Prometheus's 10 s. */
const TIMEOUT_MS = 2000;

export interface StoreMetricsOptions {
  readonly db: Db;
  readonly redis: Redis;
  readonly prefix: string;
  readonly jobs: JobProducer;
  readonly log: Logger;
}

/** The figures that all processes share, from both stores. */
export function openStoreMetrics({ db, redis, prefix, jobs, log }: StoreMetricsOptions) {
  const now = () => new Date();
  const repositories = openRepositories({ db, keyring: new Keyring([]), now });
  const outcomes = new JobOutcomes({ redis, prefix });
  return new StoreMetrics({
    sources: [mongoMetrics({ ...repositories, db, now }), redisMetrics({ jobs, outcomes })],
    timeoutMs: TIMEOUT_MS,
    log,
  });
}
