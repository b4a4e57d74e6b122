import { setImmediate as nextTurn } from "node:timers/promises";
import { CommandError } from "../errors.js";
import { advance, PAUSE, type Steps, type Turn } from "../turn.js";

/** How long one command may keep the event loop for itself, in milliseconds. */
const TURN_MS = 4;

export interface OperationOptions {
  /** Aborted when the client is gone, the operation was killed, or the server stops. */
  readonly signal: AbortSignal;
  /** `maxTimeMS`: 0 is no limit. */
  readonly maxTimeMs: number;
}

/** One running command: gives way to others, and ends when nobody wants it any more or its time is up. */
export class Operation implements Turn {
  readonly #signal: AbortSignal;
  readonly #deadline: number;
  #turnEndsAt: number;

  constructor({ signal, maxTimeMs }: OperationOptions) {
    const now = performance.now();
    this.#signal = signal;
    this.#deadline = maxTimeMs === 0 ? Infinity : now + maxTimeMs;
    this.#turnEndsAt = now + TURN_MS;
  }

  get isOver(): boolean {
    return performance.now() >= this.#turnEndsAt;
  }

  /** Lets others run. @throws CommandError as {@link check} does. */
  async pause(): Promise<void> {
    await nextTurn();
    this.check();
    this.#turnEndsAt = performance.now() + TURN_MS;
  }

  /** Carries out work step by step, and gives way to others in between. @throws CommandError as {@link check} does. */
  async run<T>(steps: Steps<T>): Promise<T> {
    let result = advance(steps, this);
    while (result === PAUSE) {
      await this.pause();
      result = advance(steps, this);
    }
    return result;
  }

  /** @throws CommandError MaxTimeMSExpired (50) or ClientDisconnect (279). */
  check(): void {
    if (this.#signal.aborted)
      throw new CommandError("ClientDisconnect", "The client has closed the connection");
    if (performance.now() >= this.#deadline)
      throw new CommandError("MaxTimeMSExpired", "operation exceeded time limit");
  }
}
