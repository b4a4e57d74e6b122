import { createWriteStream, renameSync, statSync } from "node:fs";
import { finished } from "node:stream/promises";

/** A log file that has grown to this size is set aside as `NAME.1`, which it replaces. */
const MAX_FILE_BYTES = 10 * 1024 ** 2;

/** A file of log lines that needs at most twice {@link MAX_FILE_BYTES} of disk. */
export class LogFile {
  #path;
  #stream;
  #sizeBytes;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
    this.#sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = this.#open();
  }

  /** @param {string} line */
  write(line) {
    if (this.#sizeBytes >= MAX_FILE_BYTES) this.#setAside();
    this.#sizeBytes += line.length + 1;
    this.#stream.write(`${line}\n`);
  }

  async close() {
    this.#stream.end();
    await finished(this.#stream);
  }

  #open() {
    return createWriteStream(this.#path, { flags: "a", mode: 0o600 });
  }

  #setAside() {
    this.#stream.end();
    renameSync(this.#path, `${this.#path}.1`);
    this.#sizeBytes = 0;
    this.#stream = this.#open();
  }
}
