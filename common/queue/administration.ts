import { NotFoundError } from "../platform/errors.js";
import { isQueueName, QUEUE_NAMES, type QueueName } from "./catalogue.js";
import type { JobOutcomes } from "./job-outcomes.js";
import type { JobCount, JobProducer } from "./producer.js";

interface Deps {
  readonly jobs: JobProducer;
  readonly outcomes: Pick<JobOutcomes, "listRecent">;
}

/** A queue, as an admin sees it. */
export interface QueueOverview {
  readonly name: QueueName;
  readonly isPaused: boolean;
  readonly counts: readonly JobCount[];
  /** When the oldest job that waits was queued, among the next 1,000; `null` when none waits. */
  readonly oldestWaitingAt: Date | null;
  readonly outcomes: Awaited<ReturnType<JobOutcomes["listRecent"]>>;
}

/** The queues, in the hands of admins. */
export class QueueAdministration {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(): Promise<QueueOverview[]> {
    const { jobs, outcomes } = this.#deps;
    const [counts, recent] = await Promise.all([jobs.countByState(), outcomes.listRecent()]);
    return Promise.all(
      QUEUE_NAMES.map(async (name) => ({
        name,
        isPaused: await jobs.isPaused(name),
        counts: counts.filter(isOf(name)),
        oldestWaitingAt: await jobs.oldestWaiting(name),
        outcomes: recent,
      })),
    );
  }

  /**
   * From then on no worker takes a job of the queue. What is running ends as usual. May be repeated. A Redis that is wiped forgets it.
   *
   * @throws NotFoundError when there is no such queue.
   */
  async pause(name: string): Promise<void> {
    await this.#deps.jobs.pause(queueNamed(name));
  }

  /** May be repeated. @throws NotFoundError when there is no such queue. */
  async resume(name: string): Promise<void> {
    await this.#deps.jobs.resume(queueNamed(name));
  }
}

const isOf =
  (name: string) =>
  ({ queue }: JobCount) =>
    queue === name;

function queueNamed(name: string): QueueName {
  if (!isQueueName(name)) throw new NotFoundError("queue");
  return name;
}
