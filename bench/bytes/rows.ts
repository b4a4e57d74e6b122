import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Contender, ContenderName } from "./contenders.js";
import type { Job, Outcome } from "./job.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SMALL_LANES = 32;
const PARALLEL = 8;

/** One line of the table: a job, and for whom. */
export interface Row {
  readonly title: string;
  readonly job: Job;
  /** Bytes are what counts in some, and files or ranges in others. */
  readonly unit: "MB/s" | "/s";
  /** `false` where later rows read what this one has stored. */
  readonly clears: boolean;
  readonly without: readonly ContenderName[];
}

/** What one contender did in one round of one row. */
export interface Figures {
  /** In the row's unit. */
  readonly rate: number;
  readonly cpuSecondsPerGib: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** By how much the resident memory grew at its peak. */
  readonly grownBytes: number;
  readonly peakBytes: number;
}

export interface Scale {
  readonly rounds: number;
  readonly largeBytes: number;
  readonly parallelBytes: number;
  readonly smallFiles: number;
  readonly ranges: number;
}

export const FULL: Scale = {
  rounds: 8,
  largeBytes: GIB,
  parallelBytes: 64 * MIB,
  smallFiles: 2048,
  ranges: 2048,
};
export const QUICK: Scale = { ...FULL, rounds: 4, largeBytes: 256 * MIB };

/** Less of everything, for whoever wants to see a change at once and not a figure for the docs. */
export function scaled(scale: Scale, by: number): Scale {
  const of = (amount: number, step: number) =>
    Math.max(step, Math.round((amount * by) / step) * step);
  return {
    rounds: scale.rounds,
    largeBytes: of(scale.largeBytes, MIB),
    parallelBytes: of(scale.parallelBytes, MIB),
    smallFiles: of(scale.smallFiles, SMALL_LANES),
    ranges: of(scale.ranges, PARALLEL),
  };
}

/** All rows, in an order in which each finds what it reads. */
export function allRows({ largeBytes, parallelBytes, smallFiles, ranges }: Scale): Row[] {
  const large = { count: 1, sizeBytes: largeBytes, lanes: 1 };
  const parallel = { count: PARALLEL, sizeBytes: parallelBytes, lanes: PARALLEL };
  const each = `${PARALLEL} × ${parallelBytes / MIB} MiB`;
  const small = { count: smallFiles, sizeBytes: 4 * KIB, lanes: SMALL_LANES };
  const size = largeBytes === GIB ? "1 GiB" : `${largeBytes / MIB} MiB`;
  const row = (title: string, job: Job, rest: Partial<Row> = {}): Row => ({
    title,
    job,
    unit: "MB/s",
    clears: false,
    without: [],
    ...rest,
  });
  return [
    row(`${size} up`, { ...large, action: "upload" }),
    row(`${size} down`, { ...large, action: "download" }, { clears: true }),
    row(
      `${size} up, tus`,
      { ...large, action: "upload-tus" },
      { clears: true, without: ["gridfs", "driver"] },
    ),
    row(`${each} up`, { ...parallel, action: "upload" }),
    row(`${each} down`, { ...parallel, action: "download" }),
    row(
      "64 KiB ranges, 8 at once",
      { action: "read-range", count: ranges, sizeBytes: 64 * KIB, lanes: PARALLEL },
      { unit: "/s", clears: true },
    ),
    row("4 KiB up, 32 at once", { ...small, action: "upload" }, { unit: "/s" }),
    row("4 KiB down, 32 at once", { ...small, action: "download" }, { unit: "/s", clears: true }),
  ];
}

/** The rows that are wanted, and those that store what they read. */
export function withWhatTheyRead(
  rows: readonly Row[],
  isWanted: (row: Row) => boolean,
): readonly Row[] {
  const isUpload = ({ job }: Row) => job.action.startsWith("upload");
  const lastUploadBefore = (row: Row) => rows.slice(0, rows.indexOf(row)).findLast(isUpload);
  const needed = new Set(
    rows.filter(isWanted).flatMap((row) => (isUpload(row) ? row : [row, lastUploadBefore(row)])),
  );
  return rows.filter((row) => needed.has(row));
}

/**
 * Runs a row once and measures the contender's process meanwhile. Begins once the disk has written what was stored before, for
 * which whoever comes next would have to wait.
 */
export async function measure({ job, unit, clears }: Row, contender: Contender): Promise<Figures> {
  await promisify(execFile)("sync");
  const { process } = contender;
  process.forgetPeak();
  const restingBytes = process.rssBytes();
  const cpuBefore = process.cpuSeconds();
  const outcome = await contender.run(job);
  const cpuSeconds = process.cpuSeconds() - cpuBefore;
  const peakBytes = process.peakRssBytes();
  if (clears) await contender.clear();
  const bytes = job.count * job.sizeBytes;
  return {
    rate: (unit === "MB/s" ? bytes / 1e6 : job.count) / outcome.seconds,
    cpuSecondsPerGib: (cpuSeconds * GIB) / bytes,
    p50Ms: percentile(outcome, 0.5),
    p99Ms: percentile(outcome, 0.99),
    grownBytes: peakBytes - restingBytes,
    peakBytes,
  };
}

function percentile({ latenciesMs }: Outcome, part: number): number {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
