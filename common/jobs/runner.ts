import { eventActor } from "../access/actor.js";
import { withActor } from "../events/cause.js";
import { UnavailableError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { JobActors } from "./actors.js";
import { JobStuckError, problemOf } from "./errors.js";
import type { JobItemsRepository } from "./items-repository.js";
import type { Batch, JobDoc, JobProblem } from "./job.js";
import type { JobsRepository } from "./repository.js";
import type { Run } from "./run.js";

/** A run ends by itself before the time limit of its job in the queue, and queues the next one. */
const LONGEST_RUN_MS = 5 * 60_000;
/** How many workers in a row may die of a job, or fail, before it is given up. */
const MOST_ATTEMPTS = 5;
/** What became of later entries is counted, and not listed. */
export const MAX_ITEMS = 100_000;

interface Deps {
  readonly jobs: JobsRepository;
  readonly items: Pick<JobItemsRepository, "put">;
  readonly actors: Pick<JobActors, "of">;
  readonly work: { run(job: JobDoc, run: Run): Promise<Batch> };
  readonly queue: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  /** How long a worker keeps others away, in milliseconds. A batch takes a third of it, or as long as one entry takes. */
  readonly leaseMs: number;
  readonly retentionMs: number;
}

/** Names a job. */
export interface JobTarget {
  readonly ownerId: Id;
  readonly jobId: Id;
}

/**
 * Does jobs, batch by batch. After each batch, one conditional update records how far the job is. The update fails when the job was cancelled,
 * or when another worker has claimed it. The next worker may do the last batch again: its work and its items are the same.
 */
export class JobRunner {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does nothing for a job that is finished, or that another worker works on. */
  async run({ ownerId, jobId }: JobTarget, signal: AbortSignal): Promise<void> {
    const { jobs, now, leaseMs } = this.#deps;
    const at = now();
    const leaseUntil = new Date(at.getTime() + leaseMs);
    const job = await jobs.claim({ _id: jobId, ownerId }, { now: at, leaseUntil });
    if (job === null) return;
    try {
      if (job.startedAt === null) await jobs.begin(job, at);
      if (job.attempts > MOST_ATTEMPTS) throw new JobStuckError();
      await this.#work(job, signal);
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== undefined) return this.#fail(job, problem);
      // A lease that cannot be given back now ends by itself; what failed is what the queue has to know.
      const isCounted = !(error instanceof UnavailableError);
      await jobs.leave(job, { now: now(), isCounted }).catch(() => undefined);
      throw error;
    }
  }

  /** @throws What stops the job. */
  async #work(job: JobDoc, signal: AbortSignal): Promise<void> {
    const { jobs, queue, now } = this.#deps;
    const until = now().getTime() + LONGEST_RUN_MS;
    let current: JobDoc | null = job;
    while (current?.state === "running") {
      if (signal.aborted || now().getTime() >= until) {
        await jobs.leave(current, { now: now(), isCounted: false });
        queue.enqueue(queuedAs(current));
        return;
      }
      current = await this.#doBatch(current);
    }
  }

  /** @returns `null` when the job was cancelled, or another worker has claimed it. */
  async #doBatch(job: JobDoc): Promise<JobDoc | null> {
    const { jobs, actors, work, now, leaseMs } = this.#deps;
    const until = now().getTime() + leaseMs / 3;
    const isInTime = () => now().getTime() < until;
    const actor = await actors.of(job);
    const cause = { actor: eventActor(actor), door: "job" } as const;
    const batch = await withActor(cause, () => work.run(job, { actor, isInTime }));
    await this.#putItems(job, batch);
    const at = now();
    const leaseUntil = new Date(at.getTime() + leaseMs);
    const end = batch.next === null ? this.#end("succeeded", null) : {};
    return jobs.record(job, batch, { ...end, leaseUntil });
  }

  /** They come before the record of the batch: who looks at the job sees no more of them than the record says. */
  async #putItems(job: JobDoc, { items }: Batch): Promise<void> {
    const { retentionMs } = this.#deps;
    const from = job.progress.done + job.progress.failed;
    // They outlive the job, unless that takes longer than finished jobs are kept.
    const expiresAt = new Date(job.createdAt.getTime() + 2 * retentionMs);
    const listed = items.slice(0, Math.max(0, MAX_ITEMS - from));
    await this.#deps.items.put(job, { items: listed, from, expiresAt });
  }

  async #fail(job: JobDoc, problem: JobProblem): Promise<void> {
    await this.#deps.jobs.finish(job, this.#end("failed", problem));
  }

  #end(state: "succeeded" | "failed", problem: JobProblem | null) {
    const finishedAt = this.#deps.now();
    const expiresAt = new Date(finishedAt.getTime() + this.#deps.retentionMs);
    return { state, problem, finishedAt, expiresAt };
  }
}

/** A job as the queue has it. Each turn is one of its own for the queue, which ignores what it already has. */
export const queuedAs = ({ _id: jobId, ownerId, fencingToken: turn }: JobDoc) =>
  ({ name: "job.run", data: { ownerId, jobId, turn } }) as const;
