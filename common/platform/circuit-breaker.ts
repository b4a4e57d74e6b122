import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "./errors.js";

/** Between two questions whether the store answers again, in milliseconds. */
const PAUSE_MS = 100;

/** A command that has failed after so much of its time is one that was not answered. */
const SILENT_SHARE = 0.9;

interface Options {
  readonly store: "MongoDB" | "Redis";
  /** How long one command may wait for its answer, with all tries of the driver. */
  readonly timeoutMs: number;
  /** Resolves when the store answers. Asked again and again while it is silent. */
  readonly ping: () => Promise<unknown>;
}

/**
 * Lets a request wait for a silent store once, however many commands it consists of, and however often the driver tries each. When a
 * command gets no answer in its time, and no other has had one meanwhile, all commands fail at once until the store answers again.
 */
export class CircuitBreaker {
  readonly #options: Options;
  #answeredAt = 0;
  #isOpen = false;
  #isClosing = false;
  readonly #whenSilent = new Set<() => void>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Why no command is to be sent now; `undefined` when it may be. The command is not done then: its outcome is known. */
  get refusal(): UnavailableError | undefined {
    const { store, timeoutMs } = this.#options;
    if (!this.#isOpen) return undefined;
    const cause = new Error(`${store} has not answered within ${timeoutMs} ms, and does not yet`);
    return new UnavailableError(store, { cause });
  }

  /**
   * Calls back when the store turns out to be silent, so that a command which was sent before waits no longer than one which is sent after.
   *
   * @returns What takes the call back.
   */
  whenSilent(callback: () => void): () => void {
    this.#whenSilent.add(callback);
    return () => this.#whenSilent.delete(callback);
  }

  /** Takes note of how a command ends, and hands on its answer. */
  async watch<T>(answer: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const answered = await answer;
      this.#answeredAt = performance.now();
      return answered;
    } catch (error) {
      const waitedMs = performance.now() - startedAt;
      const isSilent = waitedMs >= SILENT_SHARE * this.#options.timeoutMs;
      if (isSilent && this.#answeredAt < startedAt) this.#open();
      throw error;
    }
  }

  /** No more questions. */
  close(): void {
    this.#isClosing = true;
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const callback of this.#whenSilent) callback();
    void this.#closeWhenAnswered();
  }

  async #closeWhenAnswered(): Promise<void> {
    while (this.#isOpen && !this.#isClosing) {
      const isAnswered = await this.#options.ping().then(
        () => true,
        () => false,
      );
      if (isAnswered) this.#isOpen = false;
      else await sleep(PAUSE_MS, undefined, { ref: false });
    }
  }
}
