import { BY_ITSELF, withCause } from "../events/cause.js";
import type { Id } from "../platform/ids.js";
import type { Fullness, QuotaWatchRepository } from "./watch-repository.js";

/** From this part of the limit on an account is nearly full, in percent. */
export const NEARLY_FULL_PERCENT = 90;

interface Deps {
  readonly accounts: QuotaWatchRepository;
  readonly now: () => Date;
}

/**
 * Tells once that an account is nearly full, and again after it was not. The mark in the account only follows usage and limit. So it need not be
 * written by the update that changes them: whoever looks later finds that it is missing.
 */
export class QuotaWatch {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Writes the event of an account that has become nearly full. @returns whether it has. */
  check(ownerId: Id): Promise<boolean> {
    const work = { cause: () => BY_ITSELF, now: this.#deps.now, wrote: () => undefined };
    return withCause(work, () => this.#check(ownerId));
  }

  async #check(ownerId: Id): Promise<boolean> {
    const { accounts } = this.#deps;
    for (;;) {
      const account = await accounts.find(ownerId);
      if (account === null) return false;
      const isNearlyFull = isFull(account);
      if (isNearlyFull === (account.isNearlyFull ?? false)) return false;
      const isDone = await (isNearlyFull ? accounts.mark(account) : accounts.unmark(account));
      if (isDone) return isNearlyFull;
    }
  }
}

function isFull({ limits, usage }: Fullness): boolean {
  const usedBytes = Number(usage.bytes);
  if (limits.bytes === null || usedBytes === 0) return false;
  return usedBytes * 100 >= Number(limits.bytes) * NEARLY_FULL_PERCENT;
}
