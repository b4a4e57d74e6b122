import type { Home } from "../access/grants.js";
import { decodeCursor, type Page, pageOf } from "../platform/cursor.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { TooManyJobsError } from "./errors.js";
import type { JobItemsRepository } from "./items-repository.js";
import { type JobDoc, type JobItemDoc, type JobMaker, type JobTask, UNFINISHED } from "./job.js";
import type { JobsRepository } from "./repository.js";
import { MAX_ITEMS, queuedAs } from "./runner.js";

/** What an account may have waiting and running at once. */
const MAX_UNFINISHED = 20;

interface Deps {
  readonly jobs: JobsRepository;
  readonly items: Pick<JobItemsRepository, "list">;
  readonly queue: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  readonly retentionMs: number;
}

/** What a job is to do. */
interface NewJob {
  /** By which the job is made once, however often it is tried. Default: a new one. */
  readonly id?: Id | undefined;
  readonly maker: JobMaker;
  readonly task: JobTask;
}

/** What to list. */
interface Query {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The jobs that people watch. The worker does them; see `JobRunner`. */
export class Jobs {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws TooManyJobsError */
  async create(
    { ownerId, actorId, rootFolderId }: Home<"write">,
    { id: _id = newId(), maker, task }: NewJob,
  ): Promise<JobDoc> {
    const { jobs, queue, now } = this.#deps;
    if ((await jobs.countUnfinished(ownerId, MAX_UNFINISHED)) >= MAX_UNFINISHED) {
      throw new TooManyJobsError(MAX_UNFINISHED);
    }
    const at = now();
    const job: JobDoc = {
      ...{ _id, ownerId, actorId, rootFolderId, maker, task },
      ...{ state: "queued", position: null, problem: null, result: null },
      progress: { done: 0, failed: 0, total: null },
      ...{ createdAt: at, startedAt: null, finishedAt: null, expiresAt: null },
      ...{ leaseUntil: at, fencingToken: 0, attempts: 0 },
    };
    await jobs.insert(job);
    queue.enqueue(queuedAs(job));
    return job;
  }

  /** The latest first. @throws InvalidCursorError */
  list(home: Home<"read">, query: Query): Promise<Page<JobDoc>> {
    return this.#deps.jobs.list(home, { ...query, now: this.#deps.now() });
  }

  /** @throws NotFoundError */
  async find(home: Home, jobId: Id): Promise<JobDoc> {
    const { jobs, now } = this.#deps;
    const job = await jobs.find(home, jobId, now());
    if (job === null) throw new NotFoundError("job");
    return job;
  }

  /** What became of the entries so far, in the order in which they were done. @throws NotFoundError, InvalidCursorError */
  async listItems(home: Home<"read">, jobId: Id, query: Query): Promise<Page<JobItemDoc>> {
    const { limit, cursor } = query;
    const job = await this.find(home, jobId);
    const list = ["job items", jobId];
    const from = cursor === undefined ? 0 : Number(decodeCursor(list, "number", cursor).value) + 1;
    const { done, failed } = job.progress;
    const to = Math.min(MAX_ITEMS, done + failed);
    const found = await this.#deps.items.list(job, { from, to, limit: limit + 1 });
    return pageOf(found, { limit, list, positionOf: ({ n, _id: id }) => ({ value: n, id }) });
  }

  /** Cancels a job: its worker stops within a batch, and what is done stays. One that is finished is forgotten. @throws NotFoundError */
  async remove(home: Home<"write">, jobId: Id): Promise<void> {
    const { jobs, now, retentionMs } = this.#deps;
    const job = await this.find(home, jobId);
    if (UNFINISHED.includes(job.state)) {
      const finishedAt = now();
      const expiresAt = new Date(finishedAt.getTime() + retentionMs);
      const end = { state: "cancelled", problem: null, finishedAt, expiresAt } as const;
      if (await jobs.cancel(job, end)) return;
    }
    await jobs.remove(job);
  }
}
