import type { Db } from "mongodb";
import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { FailedJobs } from "./failed-jobs.js";
import { FailedJobsRepository } from "./failures-repository.js";
import { JobOutcomes } from "./job-outcomes.js";
import { JobProducer } from "./producer.js";

interface Options {
  readonly db: Db;
  readonly redis: Redis;
  /** The prefix of all keys. */
  readonly prefix: string;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The way into the queues, and what became of the jobs that left them. Close `failedJobs` before the connection to MongoDB. */
export interface JobQueue {
  readonly jobs: JobProducer;
  readonly outcomes: JobOutcomes;
  readonly failedJobs: FailedJobs;
}

/** Opens the queues. Close `jobs` before the connection. */
export function openQueue({ db, redis, prefix, log, now }: Options): JobQueue {
  const jobs = new JobProducer({ redis, prefix, log });
  return {
    jobs,
    failedJobs: new FailedJobs({ failures: new FailedJobsRepository(db), jobs, log, now }),
    outcomes: new JobOutcomes({ redis, prefix }),
  };
}
