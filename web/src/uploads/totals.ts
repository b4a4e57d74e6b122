import { Speed } from "./speed.js";
import type { State, Upload } from "./upload.js";

/** What a small file costs beside its bytes, for the time that is left. */
const BYTES_PER_FILE = 20_000;

/** How far all files are. */
export interface Totals {
  readonly files: Readonly<Record<State, number>>;
  readonly bytes: number;
  readonly sentBytes: number;
  readonly bytesPerSecond: number;
  /** `undefined`: not known, or nothing moves. */
  readonly secondsLeft: number | undefined;
}

const NO_FILES = { waiting: 0, sending: 0, paused: 0, failed: 0, done: 0 } as const;

/** Counts with each change: to add up thousands of files each time would take too long. */
export class Counter {
  readonly #files: Record<State, number> = { ...NO_FILES };
  #bytes = 0;
  #sentBytes = 0;
  readonly #speed = new Speed();
  readonly #work = new Speed();

  add({ state, file, sentBytes }: Upload): void {
    this.#files[state] += 1;
    this.#bytes += file.size;
    this.#sentBytes += sentBytes;
  }

  remove({ state, file, sentBytes }: Upload): void {
    this.#files[state] -= 1;
    this.#bytes -= file.size;
    this.#sentBytes -= sentBytes;
  }

  move(from: State, to: State): void {
    this.#files[from] -= 1;
    this.#files[to] += 1;
    if (to === "done") this.#work.add(BYTES_PER_FILE);
  }

  /** @param isSpeed - Whether the bytes have gone now: those that had arrived before say nothing of the speed. */
  progress(bytes: number, isSpeed: boolean): void {
    this.#sentBytes += bytes;
    if (!isSpeed || bytes <= 0) return;
    this.#speed.add(bytes);
    this.#work.add(bytes);
  }

  get unsentBytes(): number {
    return this.#bytes - this.#sentBytes;
  }

  get files(): Totals["files"] {
    return this.#files;
  }

  get totals(): Totals {
    const { waiting, sending } = this.#files;
    const perSecond = this.#work.perSecond;
    const isMoving = waiting + sending > 0 && perSecond > 0;
    const left = this.unsentBytes + (waiting + sending) * BYTES_PER_FILE;
    return {
      files: { ...this.#files },
      bytes: this.#bytes,
      sentBytes: this.#sentBytes,
      bytesPerSecond: this.#speed.perSecond,
      secondsLeft: isMoving ? left / perSecond : undefined,
    };
  }
}
