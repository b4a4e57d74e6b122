import type { WriteStream } from "node:tty";

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
/** Faster than this nobody reads. */
const SHOW_EVERY_MS = 100;
const BACK_AND_ERASE = "\r\u001b[K";

/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** `12 bytes`, `1.5 MiB` */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  for (; amount >= 1024 && unit < UNITS.length - 1; unit += 1) amount /= 1024;
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

/** One line at the bottom of a terminal that changes; nothing where the output is no terminal. */
export class ProgressLine {
  readonly #output: WriteStream;
  #shownAt = -Infinity;
  #isShown = false;

  constructor(output: WriteStream) {
    this.#output = output;
  }

  show(text: string): void {
    const now = performance.now();
    if (!this.#output.isTTY || now - this.#shownAt < SHOW_EVERY_MS) return;
    this.#output.write(`${BACK_AND_ERASE}${text.slice(0, this.#output.columns - 1)}`);
    this.#shownAt = now;
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) this.#output.write(BACK_AND_ERASE);
    this.#isShown = false;
  }
}
