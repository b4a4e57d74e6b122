import type { Clamd } from "./clamd.js";
import { ScannerError } from "./errors.js";
import { parseDatabase, parseVerdict, type Verdict } from "./verdict.js";

/** So long the scanner is not asked again after it could not be reached, in milliseconds: many contents may wait for it. */
const AWAY_MS = 1000;
/** So long its version is remembered, in milliseconds. A scan may be noted with a database that was replaced meanwhile: then it is done again. */
const VERSION_MS = 5000;

interface Deps {
  readonly clamd: Pick<Clamd, "scan" | "version">;
  /** How many contents are sent at once. */
  readonly concurrency: number;
  /** Larger content is not sent. */
  readonly maxBytes: number;
}

/** What was found, and with which database. */
export interface Scan {
  readonly verdict: Verdict;
  /** See {@link parseDatabase}. */
  readonly database: number;
}

/** Content of a known size. */
export interface ScannedContent {
  readonly sizeBytes: number;
  read(): AsyncIterable<Buffer>;
}

/** Has content scanned, a few at once. */
export class Scanner {
  readonly #deps: Deps;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #awayUntilMs = 0;
  #known: { readonly version: string; readonly untilMs: number } | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws ScannerError when there is no verdict, and whatever the content throws. */
  async scan(content: ScannedContent, signal: AbortSignal): Promise<Scan> {
    const database = await this.database(signal);
    if (content.sizeBytes > this.#deps.maxBytes) {
      return { verdict: { kind: "too-large" }, database };
    }
    await this.#turn();
    try {
      signal.throwIfAborted();
      const reply = await this.#deps.clamd.scan(content.read(), signal);
      return { verdict: parseVerdict(reply), database };
    } finally {
      this.#handOn();
    }
  }

  /** The number of its database. @throws ScannerError */
  async database(signal: AbortSignal): Promise<number> {
    return parseDatabase(await this.version(signal));
  }

  /** What it says of itself, at most some seconds old. @throws ScannerError when it does not answer. */
  async version(signal: AbortSignal): Promise<string> {
    const nowMs = performance.now();
    if (this.#known !== undefined && nowMs < this.#known.untilMs) return this.#known.version;
    if (nowMs < this.#awayUntilMs) {
      throw new ScannerError("The virus scanner did not answer just now", { hasBegun: false });
    }
    try {
      const version = await this.#deps.clamd.version(signal);
      this.#known = { version, untilMs: performance.now() + VERSION_MS };
      return version;
    } catch (error) {
      if (!signal.aborted) this.#awayUntilMs = performance.now() + AWAY_MS;
      throw new ScannerError("The virus scanner does not answer", {
        hasBegun: false,
        cause: error,
      });
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#deps.concurrency) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Gives the place to the one that has waited longest. */
  #handOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
