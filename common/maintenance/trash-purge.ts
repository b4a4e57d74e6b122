import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { enqueuePurge } from "../trash/removal.js";
import type { TrashItem, TrashRepository } from "../trash/repository.js";

const BATCH = 500;

interface Deps {
  readonly trash: TrashRepository;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  /** How long the trash keeps what is deleted, in milliseconds. */
  readonly retentionMs: number;
}

/** Removes for good what lies in the trash for too long, and what was in it when it was emptied. Each step may be repeated. */
export class TrashPurge {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Marks what has been in the trash for too long, and queues again what empties the trash of accounts. */
  async expire(signal: AbortSignal): Promise<void> {
    const { trash, jobs, now, retentionMs } = this.#deps;
    const before = new Date(now().getTime() - retentionMs);
    for (;;) {
      const items = await trash.listBefore(before, BATCH);
      if (!(await this.#markAll(items, signal))) break;
    }
    for (const ownerId of await trash.listEmptied(BATCH)) {
      jobs.enqueue({ name: "trash.empty", data: { ownerId } });
    }
  }

  /** Marks all that was in the trash of an account when it was emptied. */
  async empty(ownerId: Id, signal: AbortSignal): Promise<void> {
    const { trash } = this.#deps;
    const until = await trash.emptiedAt(ownerId);
    if (until === null) return;
    for (;;) {
      const items = await trash.listUntil(ownerId, until, BATCH);
      if (!(await this.#markAll(items, signal))) break;
    }
    await trash.setEmptied(ownerId, until);
  }

  /** @returns Whether there may be more. An item that was restored meanwhile stays. */
  async #markAll(items: readonly TrashItem[], signal: AbortSignal): Promise<boolean> {
    const { trash, jobs, now } = this.#deps;
    for (const item of items) {
      signal.throwIfAborted();
      if (await trash.markPurging(item, now())) enqueuePurge(jobs, item);
    }
    return items.length === BATCH;
  }
}
