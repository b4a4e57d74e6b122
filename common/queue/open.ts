import type { Db } from "mongodb";
import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { QueueAdministration } from "./administration.js";
import type { Urgency } from "./fair-order.js";
import { FailedJobs } from "./failed-jobs.js";
import { FailedJobsRepository } from "./failures-repository.js";
import { type JobOutcomes, openJobOutcomes } from "./job-outcomes.js";
import { JobProducer } from "./producer.js";

interface Options {
  readonly db: Db;
  readonly redis: Redis;
  /** The prefix of all keys. */
  readonly prefix: string;
  readonly log: Logger;
  readonly now: () => Date;
  /** As {@link JobProducer} takes it. */
  readonly urgency: Urgency;
}

/** The way into the queues, and what became of the jobs that left them. Close `failedJobs` before the connection to MongoDB. */
export interface JobQueue {
  readonly jobs: JobProducer;
  readonly outcomes: JobOutcomes;
  readonly failedJobs: FailedJobs;
  readonly queues: QueueAdministration;
}

/** Opens the queues. Close `jobs` before the connection. */
export function openQueue({ db, redis, prefix, log, now, urgency }: Options): JobQueue {
  const outcomes = openJobOutcomes({ redis, prefix, now });
  const jobs = new JobProducer({ redis, prefix, log, urgency });
  return {
    jobs,
    failedJobs: new FailedJobs({ failures: new FailedJobsRepository(db), jobs, log, now }),
    outcomes,
    queues: new QueueAdministration({ jobs, outcomes }),
  };
}
