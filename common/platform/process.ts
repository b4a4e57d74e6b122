import type { Logger } from "./log.js";

/** How much longer than its grace a stop may take before the process ends without it, in milliseconds. */
const CLOSING_MS = 3000;

/** Something that is stopped when the process is, within the limit it is given. */
export interface Stoppable {
  /** Finishes or aborts what is running, and closes what is open, within about `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

interface Options {
  readonly log: Logger;
  readonly graceMs: number;
}

/**
 * Ties a process's life to its signals: the first SIGTERM or SIGINT stops it gracefully, a second one at once. A graceful stop
 * exits with 0, a forced one with 130, and one that a hanging dependency keeps from its end with 1: what it leaves is put
 * right as after a crash.
 */
export function stopOnSignal(part: Stoppable, { log, graceMs }: Options): void {
  let isStopping = false;
  const onSignal = (reason: string) => {
    if (isStopping) {
      log.warn({ reason }, "Forced to stop");
      process.exit(130);
    }
    isStopping = true;
    log.info({ reason, graceMs }, "Stopping");
    setTimeout(() => {
      log.error("Stopping took too long");
      process.exit(1);
    }, graceMs + CLOSING_MS);
    void part.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "Stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

/** Ends a process that cannot start, with one sentence a fault instead of a stack. */
export function failToStart(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(78);
}
