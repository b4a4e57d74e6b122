import { CommandError } from "../errors.js";
import { isDiskFull } from "./commit.js";
import type { Environment } from "./environment.js";
import { Transaction } from "./transaction.js";

/** One work in the queue; `run` reports what to tell the caller when its transaction is on the disk. */
interface QueuedWork {
  readonly run: (transaction: Transaction) => () => void;
  readonly reject: (error: unknown) => void;
}

export interface WriteQueueOptions {
  readonly environment: Environment;
  readonly reserveBytes: number;
  /** Called when a transaction failed: what the works changed in memory does not hold. */
  readonly onRollback: () => void;
  /** Called when the store can no longer be trusted to take writes. */
  readonly onFatal: (error: Error) => void;
}

/**
 * All writes, in order. Those that wait when a transaction begins share it and its one sync to the disk (group
 * commit), and each is answered after that sync.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #waiting: QueuedWork[] = [];
  #draining: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` synchronously in the next transaction.
   *
   * @returns Its result, when the transaction is on the disk.
   * @throws What `work` threw; CommandError 14031 when the disk is full, in which case nothing was written; 11600
   * when the queue is closed.
   */
  run<T>(work: (transaction: Transaction) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new CommandError("InterruptedAtShutdown", "The store is closed"));
        return;
      }
      const run = (transaction: Transaction) => {
        try {
          const value = work(transaction);
          return () => {
            resolve(value);
          };
        } catch (error) {
          const reason = error instanceof Error ? error : new Error(String(error));
          return () => {
            reject(reason);
          };
        }
      };
      this.#waiting.push({ run, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Takes no more; resolves when what waits is on the disk. */
  async close(): Promise<void> {
    // The library would throw in a callback of its own, which ends the process, if the environment went away first.
    this.#isClosed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#runTransaction();
    this.#draining = undefined;
  }

  async #runTransaction(): Promise<void> {
    const { environment, reserveBytes, onRollback } = this.#options;
    const transaction = new Transaction(environment, reserveBytes);
    const works: QueuedWork[] = [];
    const answers: (() => void)[] = [];
    try {
      await environment.transaction(() => {
        do {
          const work = this.#waiting.shift();
          if (work === undefined) break;
          works.push(work);
          answers.push(work.run(transaction));
        } while (!transaction.isOver);
        transaction.finish();
      });
    } catch (error) {
      onRollback();
      const failure = this.#explain(error);
      for (const work of works) work.reject(failure);
      return;
    }
    transaction.committed();
    for (const answer of answers) answer();
  }

  #explain(error: unknown): Error {
    if (isDiskFull(error))
      return new CommandError("OutOfDiskSpace", "The disk is full: nothing was written", {
        cause: error,
      });
    const failure = new CommandError("InternalError", "The store could not be written", {
      cause: error,
    });
    this.#options.onFatal(failure);
    return failure;
  }
}
