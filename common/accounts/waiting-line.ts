import { BusyError } from "../platform/errors.js";

/** A request waits in a few KiB. */
const MAX_WAITING = 256;

export interface WaitingLimits {
  /** How many run at once. */
  readonly maxConcurrent: number;
  /** How long one may wait for its turn, in milliseconds; with 0 nobody waits. */
  readonly waitMs: number;
}

/** Lets a few work at once; at most 256 others wait, in the order in which they came. */
export class WaitingLine {
  readonly #limits: WaitingLimits;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  /**
   * Works when it is its turn.
   *
   * @param signal - Ends the waiting, but no work that has begun.
   * @throws {@link BusyError} when too many wait, or its turn does not come in time.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#running < this.#limits.maxConcurrent) this.#running += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#handOn();
    }
  }

  /** Gives the place to the one that has waited longest, and not to one that arrives now. */
  #handOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    const { waitMs } = this.#limits;
    const isFull = waitMs === 0 || this.#waiting.size >= MAX_WAITING || signal?.aborted === true;
    if (isFull) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
      };
      const enter = () => {
        leave();
        resolve();
      };
      const giveUp = () => {
        leave();
        reject(tooMany());
      };
      const timer = setTimeout(giveUp, waitMs);
      signal?.addEventListener("abort", giveUp);
      this.#waiting.add(enter);
    });
  }
}

const tooMany = () => new BusyError("Too many people sign in at once");
