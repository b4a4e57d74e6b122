import { type Job, UnrecoverableError, Worker } from "bullmq";
import type { Logger } from "../common/platform/log.js";
import type { Stoppable } from "../common/platform/process.js";
import type { Redis } from "../common/platform/redis.js";
import {
  InvalidJobError,
  isJobName,
  type JobName,
  JOBS,
  LONGEST_JOB_MS,
  QUEUE_NAMES,
  type QueueName,
  type ReceivedJob,
} from "../common/queue/catalogue.js";
import type { JobOutcome } from "../common/queue/job-outcomes.js";

interface Options {
  readonly redis: Redis;
  readonly prefix: string;
  /** How many jobs of each queue run at once. */
  readonly concurrency: Readonly<Record<QueueName, number>>;
  /** How long a job stays with a silent worker, in milliseconds. Running jobs renew it all the time. */
  readonly lockMs: number;
  readonly log: Logger;
  readonly run: (job: ReceivedJob, signal: AbortSignal) => Promise<void>;
  /** Called after each try of a job. */
  readonly onOutcome?: (name: JobName, outcome: JobOutcome) => void;
  /** Called after the last try of a job that failed. */
  readonly onGivenUp?: (job: ReceivedJob, error: Error, attempts: number) => void;
}

/**
 * Takes jobs from every queue and does them, so many of each queue at once. `common/queue/catalogue.ts` has each job's time
 * limit. What a job refuses on purpose is not tried again; anything else is, with growing delays.
 */
export function startRunner(options: Options): Stoppable {
  const { redis, prefix, concurrency, lockMs, log, onOutcome, onGivenUp } = options;
  const running = new Set<AbortController>();
  const workers = QUEUE_NAMES.map(
    (queue) =>
      new Worker(queue, (job) => process(job, running, options), {
        connection: redis,
        prefix,
        concurrency: concurrency[queue],
        lockDuration: lockMs,
        stalledInterval: lockMs,
      }),
  );
  for (const worker of workers) {
    logEvents(worker, log);
    if (onOutcome !== undefined) countOutcomes(worker, onOutcome);
    if (onGivenUp !== undefined) tellGivenUp(worker, onGivenUp);
  }

  return {
    async stop(graceMs) {
      const limit = setTimeout(() => {
        for (const controller of running) controller.abort(new Error("The worker is stopping"));
      }, graceMs);
      // With Redis away there is nobody to hand jobs back to: their locks run out by themselves.
      const isForced = redis.status !== "ready";
      await Promise.all(workers.map((worker) => worker.close(isForced)));
      clearTimeout(limit);
    },
  };
}

async function process(
  job: Job<unknown>,
  running: Set<AbortController>,
  { run }: Pick<Options, "run">,
): Promise<void> {
  const limitMs = isJobName(job.name) ? JOBS[job.name].timeLimitMs : LONGEST_JOB_MS;
  const controller = new AbortController();
  const limit = setTimeout(() => {
    controller.abort(new Error(`The job took longer than ${limitMs} ms`));
  }, limitMs);
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

function countOutcomes(worker: Worker, onOutcome: NonNullable<Options["onOutcome"]>): void {
  worker.on("completed", ({ name }) => {
    if (isJobName(name)) onOutcome(name, "done");
  });
  worker.on("failed", (job) => {
    if (job === undefined || !isJobName(job.name)) return;
    onOutcome(job.name, job.finishedOn === undefined ? "failed" : "given-up");
  });
}

function tellGivenUp(worker: Worker, onGivenUp: NonNullable<Options["onGivenUp"]>): void {
  worker.on("failed", (job, error) => {
    if (job?.finishedOn !== undefined) onGivenUp(job, error, job.attemptsMade);
  });
}
