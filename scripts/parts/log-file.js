import { createWriteStream, renameSync, statSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { finished } from "node:stream/promises";

/** A log file that has grown to this size is set aside as `NAME.1`, which it replaces. */
const MAX_FILE_BYTES = 10 * 1024 ** 2;

/** How long lines are lost before a file that could not be written is opened again. */
const RETRY_MS = 1_000;

/**
 * A file of log lines that needs at most twice {@link MAX_FILE_BYTES} of disk. Lines that cannot be written, because the disk is full
 * for example, are lost: nothing stops for them.
 */
export class LogFile {
  #path;
  #onFault;
  #sizeBytes = 0;
  /** @type {import("node:fs").WriteStream | undefined} */
  #stream;
  #brokenAt = -Infinity;

  /**
   * @param {string} path
   * @param {(error: Error) => void} onFault - Told each time that it cannot be written.
   */
  constructor(path, onFault) {
    this.#path = path;
    this.#onFault = onFault;
    this.#sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** @param {string} line */
  write(line) {
    if (performance.now() - this.#brokenAt < RETRY_MS) return;
    if (this.#sizeBytes >= MAX_FILE_BYTES) this.#setAside();
    this.#stream ??= this.#open();
    this.#sizeBytes += line.length + 1;
    this.#stream.write(`${line}\n`);
  }

  async close() {
    if (this.#stream === undefined) return;
    this.#stream.end();
    await finished(this.#stream).catch(() => undefined);
  }

  #open() {
    const stream = createWriteStream(this.#path, { flags: "a", mode: 0o600 });
    return stream.on("error", (error) => {
      if (this.#stream === stream) this.#stream = undefined;
      this.#brokenAt = performance.now();
      this.#onFault(error);
    });
  }

  #setAside() {
    this.#stream?.end();
    this.#stream = undefined;
    this.#sizeBytes = 0;
    try {
      renameSync(this.#path, `${this.#path}.1`);
    } catch (error) {
      this.#onFault(error);
    }
  }
}
