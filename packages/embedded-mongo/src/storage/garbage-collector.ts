import { boundsOfGarbage, type Garbage, readGarbage, removeGarbage } from "./catalogue-store.js";
import type { Environment } from "./environment.js";
import type { Transaction } from "./transaction.js";
import type { WriteQueue } from "./write-queue.js";

/** Keys that one transaction removes; each may free a document of 16 MiB, but costs only its page. */
const SLICE_KEYS = 256;

/**
 * Removes what dropped collections and indexes left behind, a slice per transaction, so that a drop of millions of
 * documents is answered at once and holds up nobody. What a stopped server left is taken up at the next start.
 */
export class GarbageCollector {
  readonly #environment: Environment;
  readonly #writes: WriteQueue;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(environment: Environment, writes: WriteQueue) {
    this.#environment = environment;
    this.#writes = writes;
  }

  /** Starts a run, unless one is on its way or the store is being closed. */
  start(onError: (error: unknown) => void): void {
    if (this.#isStopped) return;
    this.#running ??= this.#run()
      .catch(onError)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    let [garbage] = readGarbage(this.#environment.meta);
    while (garbage !== undefined && !this.#isStopped) {
      const current = garbage;
      await this.#writes.run((transaction) => {
        removeSlice(transaction, current);
      });
      [garbage] = readGarbage(this.#environment.meta);
    }
  }
}

function removeSlice({ environment }: Transaction, garbage: Garbage): void {
  const table = environment[garbage.kind];
  const bounds = boundsOfGarbage(garbage);
  const keys = [...table.getKeys({ ...bounds, limit: SLICE_KEYS })];
  for (const key of keys) table.removeSync(key);
  if (keys.length < SLICE_KEYS) removeGarbage(environment.meta, garbage);
}
