import { Queue } from "bullmq";
import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { jobId, type JobOf, JOBS, QUEUE_NAMES, type QueueName } from "./catalogue.js";

const MOST_PENDING = 10_000;

/**
 * `delayed` jobs wait for their next try. There are no `failed` ones: a job that is given up leaves its queue, and the sweep
 * queues it again.
 */
export type JobState = "waiting" | "active" | "delayed" | "failed";

/** How many jobs of one queue are in one state. */
export interface JobCount {
  readonly queue: QueueName;
  readonly state: JobState;
  readonly count: number;
}

interface Deps {
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: Logger;
}

/**
 * Queues jobs; no caller waits for Redis. A job that cannot be queued is lost here, and the sweep queues it later: each job
 * can be derived from MongoDB.
 */
export class JobProducer {
  readonly #queues: Readonly<Record<QueueName, Queue>>;
  readonly #log: Logger;
  readonly #pending = new Set<Promise<void>>();

  constructor({ redis, prefix, log }: Deps) {
    this.#queues = { jobs: new Queue("jobs", { connection: redis, prefix }) };
    // The connection logs by itself when Redis goes away and comes back.
    for (const queue of Object.values(this.#queues)) queue.on("error", () => undefined);
    this.#log = log;
  }

  enqueue(job: JobOf): void {
    if (this.#pending.size >= MOST_PENDING) return;
    const { queue, attempts, backoffMs } = JOBS[job.name];
    const added = this.#queues[queue]
      .add(job.name, job.data, {
        jobId: jobId(job),
        attempts,
        backoff: { type: "exponential", delay: backoffMs },
        removeOnComplete: true,
        removeOnFail: true,
      })
      .then(
        () => undefined,
        (error: unknown) => {
          this.#log.warn({ err: error, job: job.name }, "A job was left to the sweep");
        },
      );
    this.#pending.add(added);
    void added.then(() => this.#pending.delete(added));
  }

  /** How many jobs each queue has in each state. */
  async countByState(): Promise<JobCount[]> {
    const counts = await Promise.all(QUEUE_NAMES.map((name) => this.#count(name)));
    return counts.flat();
  }

  async #count(queue: QueueName): Promise<JobCount[]> {
    const counts = await this.#queues[queue].getJobCounts("wait", "active", "delayed", "failed");
    const { wait = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return [
      { queue, state: "waiting", count: wait },
      { queue, state: "active", count: active },
      { queue, state: "delayed", count: delayed },
      { queue, state: "failed", count: failed },
    ];
  }

  /** Waits for what is being queued, then closes the queues (not the connection). */
  async close(): Promise<void> {
    await Promise.all(this.#pending);
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
  }
}
