import type { DeferredWork } from "../platform/deferred-work.js";
import type { IdempotencyEntry, StoredAnswer } from "./entry.js";
import { IdempotencyKeyInUseError } from "./errors.js";
import type { IdempotencyRepository } from "./repository.js";

export interface HeldKeyDeps {
  readonly keys: IdempotencyRepository;
  readonly deferred: Pick<DeferredWork, "defer">;
  readonly now: () => Date;
  /** How long the request belongs to a process that is silent, in milliseconds. */
  readonly leaseMs: number;
  /** How long an answer is kept, in milliseconds. */
  readonly ttlMs: number;
}

/** A key in the hands of one try of its request. Its lease is renewed until the try finishes or lets go. */
export class HeldKey {
  readonly #deps: HeldKeyDeps;
  /** As it was when the try began. */
  readonly entry: IdempotencyEntry;
  #renewal: NodeJS.Timeout | undefined;
  #isOver: boolean;

  constructor(deps: HeldKeyDeps, entry: IdempotencyEntry) {
    this.#deps = deps;
    this.entry = entry;
    this.#isOver = entry.answer !== null;
    if (this.#isOver) return;
    this.#renewal = setInterval(() => void this.#renewLease(), deps.leaseMs / 3);
    this.#renewal.unref();
  }

  /** Keeps the answer for the client that sends the request again. Does nothing where there is one already. */
  async finish(answer: StoredAnswer): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    // A try that has taken the request over finds what was made, and gives the same answer.
    await this.#deps.keys.finish(this.entry, answer, this.#times().expiresAt);
  }

  /**
   * Lets the next try begin at once: with what is stored; or, when nothing is, as if there had been no request. Does nothing once the
   * request is finished. Never fails: what cannot be done now is done as soon as the store is back.
   *
   * @param isAnyStored - Removes what is not to stay, and says whether anything stays.
   */
  async release(isAnyStored: () => Promise<boolean>): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    const letGo = async () => {
      const { keys, now } = this.#deps;
      if (await isAnyStored()) await keys.release(this.entry, now());
      else await keys.remove(this.entry);
    };
    try {
      await letGo();
    } catch {
      // If that fails too, the lease ends by itself, and the next try settles what this one has begun.
      this.#deps.deferred.defer(letGo);
    }
  }

  #end(): void {
    this.#isOver = true;
    clearInterval(this.#renewal);
  }

  #times() {
    const { now, leaseMs, ttlMs } = this.#deps;
    const at = now().getTime();
    return { leaseUntil: new Date(at + leaseMs), expiresAt: new Date(at + ttlMs) };
  }

  async #renewLease(): Promise<void> {
    // A renewal that fails is tried again after a third of the lease; a lost lease shows before anything is published.
    await this.#deps.keys.renew(this.entry, this.#times()).catch(() => false);
  }
}

/** Another try has taken the request over. */
export const takenOver = () => new IdempotencyKeyInUseError({ retryAfterSeconds: 1 });
