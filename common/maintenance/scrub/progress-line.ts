import type { WriteStream } from "node:tty";

/** Faster than this nobody reads. */
const SHOW_EVERY_MS = 100;
const BACK_AND_ERASE = "\r\u001b[K";

/** One line at the bottom of a terminal that changes; nothing where the output is no terminal. */
export class ProgressLine {
  readonly #output: WriteStream;
  #shownAt = -Infinity;

  constructor(output: WriteStream) {
    this.#output = output;
  }

  show(text: string): void {
    const now = performance.now();
    if (!this.#output.isTTY || now - this.#shownAt < SHOW_EVERY_MS) return;
    this.#output.write(`${BACK_AND_ERASE}${text.slice(0, this.#output.columns - 1)}`);
    this.#shownAt = now;
  }

  clear(): void {
    if (this.#shownAt > -Infinity) this.#output.write(BACK_AND_ERASE);
    this.#shownAt = -Infinity;
  }
}
