import type { WriteStream } from "node:tty";

/** How far a command has come, in whatever it counts. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
/** Faster than this nobody reads; a log is given a line more seldom. */
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 10_000;
const BAR_WIDTH = 30;
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

interface Options {
  readonly output: Pick<WriteStream, "write" | "isTTY">;
  /** How an amount is written. */
  readonly format: (amount: number) => string;
  /** Milliseconds from any fixed point on. */
  readonly now: () => number;
}

/** Shows how far a command has come, and how fast: a bar on a terminal, else a plain line now and then. */
export class ProgressBar {
  readonly #options: Options;
  readonly #startedAt: number;
  #shownAt: number;
  #isShown = false;

  constructor(options: Options) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#shownAt = this.#startedAt;
  }

  show({ done, total }: Progress): void {
    const { output, now } = this.#options;
    const at = now();
    if (at - this.#shownAt < (output.isTTY ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shownAt = at;
    const text = this.#describe({ done, total }, at);
    output.write(output.isTTY ? `${BACK_AND_ERASE}${barOf(done, total)} ${text}` : `${text}\n`);
    this.#isShown = output.isTTY;
  }

  clear(): void {
    if (this.#isShown) this.#options.output.write(BACK_AND_ERASE);
    this.#isShown = false;
  }

  #describe({ done, total }: Progress, at: number): string {
    const { format } = this.#options;
    const seconds = Math.max(1, at - this.#startedAt) / 1000;
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    const rate = format(Math.round(done / seconds));
    return `${percent} %, ${format(done)} of ${format(total)}, ${rate}/s`;
  }
}

function barOf(done: number, total: number): string {
  const full = total === 0 ? BAR_WIDTH : Math.floor((BAR_WIDTH * done) / total);
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`;
}
