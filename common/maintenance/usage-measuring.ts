import type { AccountsRepository } from "../accounts/repository.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import type { QuotaRepository } from "../quota/repository.js";
import type { UsageMeter } from "../usage/meter.js";
import type { UsageRepository } from "../usage/repository.js";
import { nothingMeasured, type UsageDoc } from "../usage/usage.js";

/** After so many steps the position is kept. */
const STEPS_PER_KEEPING = 10;
/** A measurement that began earlier was left behind: what it has counted may be long gone. */
const RESUMED_FOR_MS = 60 * 60_000;
const ACCOUNTS_PER_SWEEP = 1000;

interface Deps {
  readonly usages: UsageRepository;
  readonly meter: Pick<UsageMeter, "step">;
  readonly accounts: Pick<AccountsRepository, "findById">;
  readonly quotas: Pick<QuotaRepository, "find">;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** Measures what accounts store, for those who have asked. Position and sums are kept together, so any worker goes on after a crash. */
export class UsageMeasuring {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Does nothing where nobody waits for it. */
  async run(ownerId: Id, signal: AbortSignal): Promise<void> {
    const { usages, meter, accounts } = this.#deps;
    const known = await usages.find(ownerId);
    const account = await accounts.findById(ownerId);
    if (known?.requestedAt === undefined || account === undefined) return;
    const { rootFolderId, trashEmptiedAt } = account;
    const running = await this.#begin(ownerId, known);
    let { progress } = running;
    for (let steps = 1; progress.phase !== "over"; steps += 1) {
      signal.throwIfAborted();
      progress = await meter.step({ ownerId, rootFolderId, trashEmptiedAt }, progress);
      if (steps % STEPS_PER_KEEPING === 0) await usages.keep(ownerId, { ...running, progress });
    }
    const { at, revision } = running;
    await usages.finish(ownerId, { sums: progress.sums, at, revision });
  }

  /** Queues again what was asked for before an instant, and not done. */
  async enqueueLost(before: Date, signal: AbortSignal): Promise<void> {
    for (const ownerId of await this.#deps.usages.listRequested(before, ACCOUNTS_PER_SWEEP)) {
      signal.throwIfAborted();
      this.#deps.jobs.enqueue({ name: "usage.measure", data: { ownerId } });
    }
  }

  async #begin(ownerId: Id, { running }: UsageDoc): Promise<NonNullable<UsageDoc["running"]>> {
    const at = this.#deps.now();
    if (running !== null && at.getTime() - running.at.getTime() < RESUMED_FOR_MS) return running;
    // Read before anything is counted: a change meanwhile makes another revision.
    const quota = await this.#deps.quotas.find(ownerId);
    return { at, revision: String(quota?.revision ?? ""), progress: nothingMeasured() };
  }
}
