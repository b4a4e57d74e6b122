import { Queue } from "bullmq";
import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { jobId, type JobOf, QUEUE_NAME } from "./catalogue.js";

const MOST_PENDING = 10_000;

interface Options {
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: Logger;
}

/**
 * Queues jobs without making anybody wait. A job that cannot be queued is lost here and found again by the sweep: each can be
 * derived from MongoDB.
 */
export class JobProducer {
  readonly #queue: Queue;
  readonly #log: Logger;
  readonly #pending = new Set<Promise<void>>();

  constructor({ redis, prefix, log }: Options) {
    this.#queue = new Queue(QUEUE_NAME, { connection: redis, prefix });
    this.#queue.on("error", () => undefined); // The connection logs its own comings and goings.
    this.#log = log;
  }

  enqueue(job: JobOf): void {
    if (this.#pending.size >= MOST_PENDING) return;
    const added = this.#queue
      .add(job.name, job.data, {
        jobId: jobId(job),
        attempts: 5,
        backoff: { type: "exponential", delay: 1000 },
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

  /** Waits for what is being queued, then lets go of the queue (not of the connection). */
  async close(): Promise<void> {
    await Promise.all(this.#pending);
    await this.#queue.close();
  }
}
