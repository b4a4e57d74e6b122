import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "./errors.js";
import type { Logger } from "./log.js";

/** More than so many are left to the sweep. */
const MOST_PENDING = 10_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

/** A command that a store got before it fell silent may be done after the first time. */
const TIMES = 2;

interface Deferred {
  /** Rejects with {@link UnavailableError} while it cannot be done. */
  readonly work: () => Promise<unknown>;
  readonly timesLeft: number;
}

/**
 * Work that cannot be done while a store is away, and is done as soon as it is back: twice, so it must not matter how often. It is
 * forgotten when the process ends. So the sweep has to find it too.
 */
export class DeferredWork {
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #pending: Deferred[] = [];
  #running: Promise<void> | undefined;

  constructor({ log }: { readonly log: Logger }) {
    this.#log = log;
  }

  defer(work: Deferred["work"]): void {
    if (this.#stopping.signal.aborted || this.#pending.length >= MOST_PENDING) return;
    this.#pending.push({ work, timesLeft: TIMES });
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Waits for what is being done, and does nothing more. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#pending.length > 0 && (await this.#pause(pauseMs))) {
      const isBack = await this.#doAll();
      pauseMs = isBack ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** Does everything once. @returns `false` when a store is away. */
  async #doAll(): Promise<boolean> {
    const pending = this.#pending;
    this.#pending = [];
    for (const [index, { work, timesLeft }] of pending.entries()) {
      try {
        if (this.#stopping.signal.aborted) return false;
        await work();
        if (timesLeft > 1) this.#pending.push({ work, timesLeft: timesLeft - 1 });
      } catch (error) {
        if (error instanceof UnavailableError) {
          this.#pending.push(...pending.slice(index));
          return false;
        }
        this.#log.warn({ err: error }, "What was given up is left to the sweep");
      }
    }
    this.#log.info({ count: pending.length }, "Cleaned up what a store had prevented");
    return true;
  }

  /** @returns `false` when the process stops. */
  #pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.#stopping;
    return sleep(milliseconds, true, { signal, ref: false }).catch(() => false);
  }
}
