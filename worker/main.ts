import { reportMissingKeys } from "../common/encryption/key-check.js";
import { REPORTED_EVERY_MS } from "../common/pipeline/worker-reports.js";
import { loadConfig } from "../common/platform/config.js";
import { createLogger, type Logger } from "../common/platform/log.js";
import { openMongo } from "../common/platform/mongo.js";
import { outliveReaders } from "../common/platform/output.js";
import { failToStart, type Stoppable, stopOnSignal } from "../common/platform/process.js";
import {
  closeRedis,
  EvictionError,
  openBlockingRedis,
  openRedis,
  refuseEviction,
} from "../common/platform/redis.js";
import { mongoAddress, redisAddress } from "../common/platform/settings.js";
import { openWorkerProduct, type WorkerProduct } from "../common/product.js";
import { createJobHandlers, runJob } from "./jobs.js";
import { startRunner } from "./runner.js";
import { startSchedule } from "./schedule.js";
import { type WorkerConfig, workerSettings } from "./settings.js";

/** How soon a worker begins with a run of fsck that somebody asked for. */
const FSCK_EVERY_MS = 5000;

function start(): void {
  outliveReaders();
  const config = loadConfig(workerSettings, process.env);
  const log = createLogger({ level: config.logLevel, part: "worker" });
  const timeoutMs = config.dependencyTimeoutMs;
  const mongo = openMongo({ ...mongoAddress(config), timeoutMs, log });
  const redis = openRedis({ ...redisAddress(config), timeoutMs, log });
  const blockingRedis = openBlockingRedis({ ...redisAddress(config), timeoutMs, log });
  void refuseEviction(blockingRedis).catch((error: unknown) => {
    if (error instanceof EvictionError) failToStart(error);
  });

  const { db, now } = mongo;
  void reportMissingKeys({ ...config, db, log });
  const product = openWorkerProduct({ db, redis, settings: config, log, now });
  const handlers = createJobHandlers(product.maintenance);
  const runner = startRunner({
    redis: blockingRedis,
    prefix: config.redisPrefix,
    concurrency: { jobs: config.workerConcurrency, webhooks: config.webhookConcurrency },
    lockMs: config.jobLockMs,
    log,
    run: (job, signal) => runJob(handlers, job, signal),
    onOutcome: (name, outcome) => {
      product.outcomes.count(name, outcome);
    },
    onGivenUp: (job, error, attempts) => {
      product.failedJobs.record(job, error, attempts);
    },
  });
  const schedules = startSchedules(product, config, log);

  const part = {
    async stop(graceMs: number) {
      await Promise.all([runner, ...schedules].map((each) => each.stop(graceMs)));
      await product.close();
      await Promise.all([closeRedis(redis), closeRedis(blockingRedis), mongo.close()]);
    },
  };
  stopOnSignal(part, { log, graceMs: config.shutdownGraceMs });
  log.info("The worker is ready");
}

/** What is done without the queue. */
function startSchedules(
  { maintenance: { sweep, scrub, fsck }, reporting }: WorkerProduct,
  { sweepIntervalMs: everyMs, scrubBytesPerSecond }: WorkerConfig,
  log: Logger,
): Stoppable[] {
  const sweeping = { name: "sweep", everyMs, log, run: (stop: AbortSignal) => sweep.run(stop) };
  const scrubbing = { name: "scrub", everyMs, log, run: (stop: AbortSignal) => scrub.run(stop) };
  const checking = {
    ...{ name: "fsck", everyMs: FSCK_EVERY_MS, log },
    run: async (stop: AbortSignal) => {
      await fsck.run(stop);
    },
  };
  const report = (stop: AbortSignal) => reporting.run(stop);
  const telling = { name: "report", everyMs: REPORTED_EVERY_MS, log, run: report };
  const always = [sweeping, checking, telling];
  return (scrubBytesPerSecond > 0 ? [...always, scrubbing] : always).map(startSchedule);
}

try {
  start();
} catch (error) {
  failToStart(error);
}
