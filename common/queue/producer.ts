import { performance } from "node:perf_hooks";
import { Queue } from "bullmq";
import type { Logger } from "../platform/log.js";
import type { Redis } from "../platform/redis.js";
import { jobId, type JobOf, JOBS, QUEUE_NAMES, type QueueName } from "./catalogue.js";
import { FairOrder, FIRST_PRIORITY, type Urgency } from "./fair-order.js";

const MOST_PENDING = 10_000;

/** How often the head of the queue is read while jobs are queued. */
const HEAD_EVERY_MS = 100;

/** So many waiting jobs are read to find the oldest. */
const MOST_READ = 1000;

/** The share of a delay that is left to chance, so that what failed together is not tried again together. */
const JITTER = 0.5;

/** The lists in which jobs wait. Those with a priority are in one of their own. */
const WAITING = ["wait", "prioritized"] as const;

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

/** The account that a job is about; `undefined` where it says none. */
const ownerOf = ({ data }: JobOf) => ("ownerId" in data ? data.ownerId : undefined);

interface Deps {
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: Logger;
  /** Default: `interactive`. */
  readonly urgency?: Urgency | undefined;
}

/**
 * Queues jobs, in a fair order among accounts; no caller waits for Redis. A job that cannot be queued is lost here, and the sweep queues it later: each job
 * can be derived from MongoDB.
 */
export class JobProducer {
  readonly #queues: Readonly<Record<QueueName, Queue>>;
  readonly #log: Logger;
  readonly #orders: Readonly<Record<QueueName, FairOrder>>;
  readonly #pending = new Set<Promise<void>>();
  readonly #headsReadAt = new Map<QueueName, number>();

  constructor({ redis, prefix, log, urgency = "interactive" }: Deps) {
    const options = { connection: redis, prefix };
    this.#queues = { jobs: new Queue("jobs", options), webhooks: new Queue("webhooks", options) };
    // The connection logs by itself when Redis goes away and comes back.
    for (const queue of Object.values(this.#queues)) queue.on("error", () => undefined);
    this.#log = log;
    this.#orders = { jobs: new FairOrder(urgency), webhooks: new FairOrder(urgency) };
  }

  /** @param options - `delayMs`: not before so many milliseconds from now is it done. */
  enqueue(job: JobOf, { delayMs = 0 }: { readonly delayMs?: number } = {}): void {
    if (this.#pending.size >= MOST_PENDING) return;
    const { queue, attempts, backoffMs, isUrgent = false } = JOBS[job.name];
    this.#readHead(queue);
    const added = this.#queues[queue].add(job.name, job.data, {
      jobId: jobId(job),
      delay: delayMs,
      attempts,
      backoff: { type: "exponential", delay: backoffMs, jitter: JITTER },
      priority: isUrgent ? FIRST_PRIORITY : this.#orders[queue].next(ownerOf(job)),
      removeOnComplete: true,
      removeOnFail: true,
    });
    this.#await(added, (error) => {
      this.#log.warn({ err: error, job: job.name }, "A job was left to the sweep");
    });
  }

  /** From then on no worker takes a job of the queue, until it is resumed. What is running goes on. */
  pause(queue: QueueName): Promise<void> {
    return this.#queues[queue].pause();
  }

  resume(queue: QueueName): Promise<void> {
    return this.#queues[queue].resume();
  }

  isPaused(queue: QueueName): Promise<boolean> {
    return this.#queues[queue].isPaused();
  }

  /** When the oldest of the next 1,000 jobs of a queue was queued; `null` when none waits. */
  async oldestWaiting(queue: QueueName): Promise<Date | null> {
    const waiting = await this.#queues[queue].getJobs([...WAITING], 0, MOST_READ - 1, true);
    if (waiting.length === 0) return null;
    return new Date(waiting.reduce((least, { timestamp }) => Math.min(least, timestamp), Infinity));
  }

  /** The queues as BullMQ has them, for tools that know it. */
  get bullQueues(): readonly Queue[] {
    return Object.values(this.#queues);
  }

  /** How many jobs each queue has in each state. */
  async countByState(): Promise<JobCount[]> {
    const counts = await Promise.all(QUEUE_NAMES.map((name) => this.#count(name)));
    return counts.flat();
  }

  async #count(queue: QueueName): Promise<JobCount[]> {
    const states = [...WAITING, "active", "delayed", "failed"] as const;
    const counts = await this.#queues[queue].getJobCounts(...states);
    const { active = 0, delayed = 0, failed = 0 } = counts;
    const waiting = WAITING.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    return [
      { queue, state: "waiting", count: waiting },
      { queue, state: "active", count: active },
      { queue, state: "delayed", count: delayed },
      { queue, state: "failed", count: failed },
    ];
  }

  /** Learns, now and then, how far the workers have come. Nobody waits for it. */
  #readHead(queue: QueueName): void {
    const now = performance.now();
    if (now - (this.#headsReadAt.get(queue) ?? -Infinity) < HEAD_EVERY_MS) return;
    this.#headsReadAt.set(queue, now);
    const read = this.#queues[queue].getJobs(["prioritized"], 0, 0, true).then(([first]) => {
      this.#orders[queue].advance(first?.priority);
    });
    // The jobs themselves say that Redis is away.
    this.#await(read, () => undefined);
  }

  #await(work: Promise<unknown>, onError: (error: unknown) => void): void {
    const settled = work.then(() => undefined, onError);
    this.#pending.add(settled);
    void settled.then(() => this.#pending.delete(settled));
  }

  /** Waits for what is being queued, then closes the queues (not the connection). */
  async close(): Promise<void> {
    await Promise.all(this.#pending);
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
  }
}
