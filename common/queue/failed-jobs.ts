import { decodeCursor, pageOf } from "../platform/cursor.js";
import { AppError, NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Logger } from "../platform/log.js";
import { checkJob, jobId, type JobOf, type ReceivedJob } from "./catalogue.js";
import type { FailedJob } from "./failed-job.js";
import type { FailedJobDoc, FailedJobsRepository } from "./failures-repository.js";
import type { JobProducer } from "./producer.js";

const MOST_RECORDS = 10_000;
const KEPT_FOR_MS = 30 * 24 * 60 * 60_000;
const LIST = ["failed jobs"];

/** A page of failed jobs, those that failed first latest first. */
export interface FailedJobPage {
  readonly items: readonly FailedJob[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

interface Deps {
  readonly failures: FailedJobsRepository;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The jobs that workers have given up, for 30 days, and at most 10,000 of them. */
export class FailedJobs {
  readonly #deps: Deps;
  readonly #pending = new Set<Promise<void>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Records a job after its last try. Makes nobody wait; what cannot be recorded now is not. Data that is not valid is not kept. */
  record(received: ReceivedJob, error: unknown, attempts: number): void {
    const recorded = this.#record(received, error, attempts).catch((fault: unknown) => {
      this.#deps.log.warn({ err: fault, job: received.name }, "A failed job is not recorded");
    });
    this.#pending.add(recorded);
    void recorded.then(() => this.#pending.delete(recorded));
  }

  /** @throws InvalidCursorError */
  async list({ limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const position = cursor === undefined ? undefined : decodeCursor(LIST, "number", cursor);
    const after = position && { firstFailedAt: new Date(position.value), id: position.id };
    const found = await this.#deps.failures.list(after, limit + 1);
    return pageOf(found.map(shown), {
      limit,
      list: LIST,
      positionOf: ({ firstFailedAt, id }) => ({ value: firstFailedAt.getTime(), id }),
    }) satisfies FailedJobPage;
  }

  /** Queues a job again, and forgets that it failed. @returns the job as it was recorded. @throws {@link NotFoundError} */
  async retry(id: Id): Promise<FailedJob> {
    const failed = await this.discard(id);
    this.#deps.jobs.enqueue(replayOf(failed.job));
    return failed;
  }

  /** Forgets that a job failed. The sweep may queue it again. @throws {@link NotFoundError} */
  async discard(id: Id): Promise<FailedJob> {
    const doc = await this.#deps.failures.take(id);
    if (doc === null) throw new NotFoundError("failed job");
    return shown(doc);
  }

  /** Waits for what is being recorded. */
  async close(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #record(received: ReceivedJob, error: unknown, attempts: number): Promise<void> {
    const { failures, now } = this.#deps;
    const { name, data } = received;
    const job = await checkJob({ name, data });
    const at = now();
    const expiresAt = new Date(at.getTime() + KEPT_FOR_MS);
    const failure = { ...job, key: keyOf(job), attempts, errorCode: codeOf(error) };
    await failures.record({ ...failure, lastFailedAt: at, expiresAt }, MOST_RECORDS);
  }
}

/** A replay has a generation of its own: the queue does not take it for the job that it has. */
function replayOf(job: JobOf): JobOf {
  if (job.name !== "version.process") return job;
  return { ...job, data: { ...job.data, generation: job.data.generation + 1 } };
}

/** All generations of a job have one record. */
const keyOf = (job: JobOf) =>
  jobId(job.name === "version.process" ? { ...job, data: { ...job.data, generation: 0 } } : job);

const codeOf = (error: unknown) =>
  error instanceof AppError ? error.code : error instanceof Error ? error.name : "Error";

function shown({
  _id,
  name,
  data,
  attempts,
  errorCode,
  firstFailedAt,
  lastFailedAt,
}: FailedJobDoc) {
  const job = { name, data } as JobOf;
  return { id: _id, job, attempts, errorCode, firstFailedAt, lastFailedAt } satisfies FailedJob;
}
