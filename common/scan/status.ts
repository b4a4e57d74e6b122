import type { Scanner } from "./scanner.js";

/** How long it is waited for, in milliseconds. */
const TIMEOUT_MS = 1000;

/** How the virus scanner is: `off` where there is none. */
export interface ScannerReport {
  readonly state: "off" | "reachable" | "away";
  /** What it says of itself, while it is reachable. */
  readonly version: string | null;
}

/** Tells how the virus scanner is. Answers are some seconds old at most. */
export class ScannerStatus {
  readonly #scanner: Pick<Scanner, "version"> | undefined;

  constructor(scanner: Pick<Scanner, "version"> | undefined) {
    this.#scanner = scanner;
  }

  async check(): Promise<ScannerReport> {
    if (this.#scanner === undefined) return { state: "off", version: null };
    try {
      const version = await this.#scanner.version(AbortSignal.timeout(TIMEOUT_MS));
      return { state: "reachable", version: version.slice(0, 200) };
    } catch {
      return { state: "away", version: null };
    }
  }
}
