import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { JobOutcomes } from "./job-outcomes.js";
import { JobProducer } from "./producer.js";

interface Options {
  readonly redis: Redis;
  /** The prefix of all keys. */
  readonly prefix: string;
  readonly log: Logger;
}

/** The way into the queues, and what became of the jobs that left them. */
export interface JobQueue {
  readonly jobs: JobProducer;
  readonly outcomes: JobOutcomes;
}

/** Opens the queues. Close `jobs` before the connection. */
export function openQueue({ redis, prefix, log }: Options): JobQueue {
  return {
    jobs: new JobProducer({ redis, prefix, log }),
    outcomes: new JobOutcomes({ redis, prefix }),
  };
}
