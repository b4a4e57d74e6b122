import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Contender, type ContenderName, type Stores } from "./contenders.js";
import { RoundTripCounter, type RoundTrips } from "./round-trips.js";
import { allRows, type Row, type RowKey, TINY, withUploads } from "./rows.js";
import type { Outcome } from "./workload.js";

const GIB = 1024 ** 3;

/** What one contender did in one round of one row. */
export interface Figures {
  /** Megabytes or requests in a second. */
  readonly rate: number;
  /** Of the serving process: seconds for each GiB where megabytes count, else milliseconds for each request. */
  readonly cpu: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** By how much the resident memory grew at its peak. */
  readonly grownBytes: number;
  readonly peakBytes: number;
}

export interface Plan {
  readonly rows: readonly Row[];
  readonly names: readonly ContenderName[];
  readonly rounds: number;
  /** For the web process, for example `--cpu-prof`. */
  readonly nodeOptions: readonly string[];
}

/** What each contender did, in the order of the rounds. */
export type Rounds = ReadonlyMap<ContenderName, readonly Figures[]>;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Runs all rows, round after round, with all contenders side by side. */
export async function measureAll(
  { names, rows, rounds, nodeOptions }: Plan,
  stores: Stores,
): Promise<ReadonlyMap<Row, Rounds>> {
  const contenders: Contender[] = [];
  const figures = new Map(rows.map((row) => [row, new Map<ContenderName, Figures[]>()]));
  try {
    for (const name of names) contenders.push(await Contender.start(name, stores, { nodeOptions }));
    // The first round only warms up: code is compiled, connections are opened.
    for (let round = 0; round <= rounds; round += 1) {
      for (const contender of contenders) await contender.prepare();
      // Each contender finds the processor, the disk and the store as the one before has left them.
      const inTurn = round % 2 === 0 ? contenders : contenders.toReversed();
      for (const [row, results] of figures)
        await runRow(row, inTurn, round > 0 ? results : undefined);
      say(`Round ${round} of ${rounds}`);
    }
  } finally {
    for (const contender of contenders) await contender.stop();
  }
  return figures;
}

async function runRow(
  row: Row,
  contenders: readonly Contender[],
  results?: Map<ContenderName, Figures[]>,
): Promise<void> {
  for (const contender of contenders.filter(({ name }) => !row.without.includes(name))) {
    const figures = await measure(row, contender);
    const { name } = contender;
    say(`${row.title}, ${name}: ${figures.rate.toFixed(1)}/s, p50 ${figures.p50Ms.toFixed(1)} ms`);
    results?.set(name, [...(results.get(name) ?? []), figures]);
  }
}

/**
 * Runs a row once and measures the contender's process meanwhile. The disk has written what was stored before, and the worker has
 * done its jobs, so that one contender does not wait for what another has left.
 */
async function measure({ workload, unit, clears }: Row, contender: Contender): Promise<Figures> {
  await promisify(execFile)("sync");
  const { process } = contender;
  process.forgetPeak();
  const restingBytes = process.rssBytes();
  const cpuBefore = process.cpuSeconds();
  const outcome = await contender.run(workload);
  const cpuSeconds = process.cpuSeconds() - cpuBefore;
  const peakBytes = process.peakRssBytes();
  await contender.settle();
  if (clears) await contender.clear();
  const bytes = workload.count * workload.sizeBytes;
  const isOfBytes = unit === "MB/s";
  return {
    rate: (isOfBytes ? bytes / 1e6 : workload.count) / outcome.seconds,
    cpu: isOfBytes ? (cpuSeconds * GIB) / bytes : (cpuSeconds * 1000) / workload.count,
    p50Ms: percentile(outcome, 0.5),
    p99Ms: percentile(outcome, 0.99),
    grownBytes: peakBytes - restingBytes,
    peakBytes,
  };
}

/** How often each request is sent: the first times do what later ones need not. */
const COUNTED_TIMES = 3;

/** Counts the round trips of Stowage in the rows of single requests. */
export async function countRoundTrips(
  rows: readonly Row[],
  stores: Stores,
): Promise<ReadonlyMap<RowKey, RoundTrips>> {
  const counts = new Map<RowKey, RoundTrips>();
  const keys = rows.filter(({ unit }) => unit === "ms").map(({ key }) => key);
  const counter = new RoundTripCounter();
  const webStores = await counter.listen(stores);
  const contender = await Contender.start("stowage", stores, { webStores });
  try {
    await contender.prepare();
    for (const { key, workload } of withUploads(allRows(TINY), (row) => keys.includes(row.key))) {
      if (!keys.includes(key)) {
        await contender.run(workload);
        continue;
      }
      for (let n = 0; n < COUNTED_TIMES; n += 1) {
        counts.set(key, await counter.count(() => contender.run(workload)));
      }
    }
  } finally {
    await contender.stop();
    counter.close();
  }
  return counts;
}

function percentile({ latenciesMs }: Outcome, part: number): number {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
