import type { Logger } from "../common/platform/log.js";
import type { Stoppable } from "../common/platform/process.js";

interface Options {
  readonly name: string;
  readonly everyMs: number;
  readonly log: Logger;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/**
 * Does something at once and then again and again, never twice at the same time. It does not go through the queue: it has to
 * work when Redis was wiped, or is away.
 */
export function startSchedule({ name, everyMs, log, run }: Options): Stoppable {
  const stopping = new AbortController();
  let current = Promise.resolve();
  let isRunning = false;

  async function once(): Promise<void> {
    isRunning = true;
    try {
      await run(stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted) log.error({ err: error, name }, "A scheduled run failed");
    } finally {
      isRunning = false;
    }
  }

  const startIfIdle = () => {
    if (!isRunning) current = once();
  };
  const timer = setInterval(startIfIdle, everyMs);
  startIfIdle();

  return {
    async stop() {
      clearInterval(timer);
      stopping.abort(new Error("The worker is stopping"));
      await current;
    },
  };
}
