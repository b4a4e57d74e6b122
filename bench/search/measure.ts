import { monitorEventLoopDelay } from "node:perf_hooks";

export interface Figures {
  readonly medianMs: number;
  /** CPU time of this process, which does what a web process does, for each run. */
  readonly cpuMs: number;
  /** CPU time of the store for each run. */
  readonly storeCpuMs: number;
  /** How long the event loop of this process was held at most. On a busy machine that says more about the machine. */
  readonly longestHoldMs: number;
  /** What was found. */
  readonly items: number;
}

export interface Measurement extends Figures {
  readonly name: string;
}

interface Terms {
  readonly rounds: number;
  /** CPU time of the store so far. */
  readonly storeSeconds: () => number;
}

/** Does the same a few times, and once before that counts for nothing. */
export async function measure(
  run: (round: number) => Promise<number>,
  { rounds, storeSeconds }: Terms,
): Promise<Figures> {
  await run(rounds);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const times: number[] = [];
  const [cpu, store] = [process.cpuUsage(), storeSeconds()];
  let items = 0;
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    items = await run(round);
    times.push(performance.now() - from);
  }
  const { user, system } = process.cpuUsage(cpu);
  delays.disable();
  return {
    medianMs: median(times),
    cpuMs: (user + system) / 1000 / rounds,
    storeCpuMs: ((storeSeconds() - store) * 1000) / rounds,
    longestHoldMs: delays.max / 1e6,
    items,
  };
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
