import { type Job, UnrecoverableError, Worker } from "bullmq";
import { JOB_TIMEOUT_MS } from "../common/job-services.js";
import type { Logger } from "../common/platform/log.js";
import type { Stoppable } from "../common/platform/process.js";
import type { Redis } from "../common/platform/redis.js";
import { QUEUE_NAME } from "../common/queue/catalogue.js";
import { InvalidJobError, type ReceivedJob } from "./jobs.js";

interface Options {
  readonly redis: Redis;
  readonly prefix: string;
  readonly concurrency: number;
  /** How long a job stays with a worker that is silent, in milliseconds. Running ones renew it all the time. */
  readonly lockMs: number;
  readonly log: Logger;
  readonly run: (job: ReceivedJob, signal: AbortSignal) => Promise<void>;
}

/**
 * Takes jobs from the queue and does them, so many at once. A job has a time limit; what it refuses on purpose is not tried
 * again; anything else is, with growing delays.
 */
export function startRunner(options: Options): Stoppable {
  const { redis, prefix, concurrency, lockMs, log, run } = options;
  const running = new Set<AbortController>();

  async function process(job: Job<unknown>): Promise<void> {
    const controller = new AbortController();
    const limit = setTimeout(() => {
      controller.abort(new Error(`The job took longer than ${JOB_TIMEOUT_MS} ms`));
    }, JOB_TIMEOUT_MS);
    running.add(controller);
    try {
      await run(job, controller.signal);
    } catch (error) {
      if (error instanceof InvalidJobError) throw new UnrecoverableError(error.message);
      throw error;
    } finally {
      clearTimeout(limit);
      running.delete(controller);
    }
  }

  const worker = new Worker(QUEUE_NAME, process, {
    connection: redis,
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
  });
  logEvents(worker, log);

  return {
    async stop(graceMs) {
      const limit = setTimeout(() => {
        for (const controller of running) controller.abort(new Error("The worker is stopping"));
      }, graceMs);
      // With Redis away there is nobody to hand jobs back to: their locks run out by themselves.
      await worker.close(redis.status !== "ready");
      clearTimeout(limit);
    },
  };
}

function logEvents(worker: Worker, log: Logger): void {
  worker.on("error", (error) => {
    log.debug({ err: error }, "The queue is not reachable");
  });
  worker.on("failed", (job, error) => {
    log.error({ err: error, job: job?.id, attempt: job?.attemptsMade }, "A job failed");
  });
  worker.on("completed", (job) => {
    log.debug({ job: job.id }, "A job is done");
  });
}
