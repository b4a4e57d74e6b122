import { reportMissingKeys } from "../common/encryption/key-check.js";
import { createJobServices, type JobServices } from "../common/job-services.js";
import { loadConfig } from "../common/platform/config.js";
import { createLogger, type Logger } from "../common/platform/log.js";
import { openMongo } from "../common/platform/mongo.js";
import { failToStart, type Stoppable, stopOnSignal } from "../common/platform/process.js";
import {
  closeRedis,
  EvictionError,
  openBlockingRedis,
  openRedis,
  refuseEviction,
} from "../common/platform/redis.js";
import { JobOutcomes } from "../common/queue/job-outcomes.js";
import { JobProducer } from "../common/queue/producer.js";
import { createJobHandlers, runJob } from "./jobs.js";
import { startRunner } from "./runner.js";
import { startSchedule } from "./schedule.js";
import { type WorkerConfig, workerSettings } from "./settings.js";

function start(): void {
  const config = loadConfig(workerSettings, process.env);
  const log = createLogger({ level: config.logLevel, part: "worker" });
  const timeoutMs = config.dependencyTimeoutMs;
  const mongo = openMongo({ url: config.mongodbUrl, timeoutMs });
  const redis = openRedis({ url: config.redisUrl, timeoutMs, log });
  const blockingRedis = openBlockingRedis({ url: config.redisUrl, timeoutMs, log });
  void refuseEviction(blockingRedis).catch((error: unknown) => {
    if (error instanceof EvictionError) failToStart(error);
  });

  void reportMissingKeys({ ...config, db: mongo.db, log });
  const prefix = config.redisPrefix;
  const jobs = new JobProducer({ redis, prefix, log });
  const services = createJobServices({ db: mongo.db, jobs, config, log, now: () => new Date() });
  const handlers = createJobHandlers(services);
  const outcomes = new JobOutcomes({ redis, prefix });
  const runner = startRunner({
    redis: blockingRedis,
    prefix,
    concurrency: config.workerConcurrency,
    lockMs: config.jobLockMs,
    log,
    run: (job, signal) => runJob(handlers, job, signal),
    onOutcome: (name, outcome) => {
      outcomes.count(name, outcome);
    },
  });
  const schedules = startSchedules(services, config, log);

  const part = {
    async stop(graceMs: number) {
      await Promise.all([runner, ...schedules].map((each) => each.stop(graceMs)));
      await jobs.close();
      await Promise.all([closeRedis(redis), closeRedis(blockingRedis), mongo.close()]);
    },
  };
  stopOnSignal(part, { log, graceMs: config.shutdownGraceMs });
  log.info("The worker is ready");
}

/** What is done without the queue. */
function startSchedules(
  { sweep, scrub }: JobServices,
  { sweepIntervalMs: everyMs, scrubBytesPerSecond }: WorkerConfig,
  log: Logger,
): Stoppable[] {
  const sweeping = { name: "sweep", everyMs, log, run: (stop: AbortSignal) => sweep.run(stop) };
  const scrubbing = { name: "scrub", everyMs, log, run: (stop: AbortSignal) => scrub.run(stop) };
  return (scrubBytesPerSecond > 0 ? [sweeping, scrubbing] : [sweeping]).map(startSchedule);
}

try {
  start();
} catch (error) {
  failToStart(error);
}
