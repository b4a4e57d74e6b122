import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join, resolve } from "node:path";
import { CONTENDERS, type ContenderName } from "./contenders.js";
import type { Figures, Rounds } from "./measure.js";
import type { RoundTrips } from "./round-trips.js";
import type { Row } from "./rows.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const MIB = 1024 ** 2;

/** A row with the medians of its rounds. */
export interface Result {
  readonly key: Row["key"];
  readonly title: string;
  readonly unit: Row["unit"];
  readonly medians: Partial<Record<ContenderName, Figures>>;
  /** Of rows of one request at a time. */
  readonly roundTrips?: RoundTrips | undefined;
}

export interface Report {
  readonly at: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly rounds: number;
  readonly results: readonly Result[];
}

export function mediansOf(rounds: Rounds): Result["medians"] {
  return Object.fromEntries(
    [...rounds].map(([name, figures]) => {
      const of = (key: keyof Figures) => median(figures.map((each) => each[key]));
      const medians: Figures = {
        rate: of("rate"),
        cpu: of("cpu"),
        p50Ms: of("p50Ms"),
        p99Ms: of("p99Ms"),
        grownBytes: of("grownBytes"),
        peakBytes: of("peakBytes"),
      };
      return [name, medians];
    }),
  );
}

export function reportOf(results: readonly Result[], rounds: number, store: string): Report {
  const [processor] = cpus();
  return {
    at: new Date().toISOString(),
    machine: {
      node: process.version,
      processor: processor?.model,
      cores: cpus().length,
      linux: release(),
      load: loadavg(),
      store,
    },
    rounds,
    results,
  };
}

/** Writes everything as JSON to bench/results. @returns The path. */
export function writeReport(report: Report): string {
  const folder = join(ROOT, "bench/results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `bytes-${report.at.replaceAll(":", "-")}.json`);
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
  return path;
}

/** Rates, single requests, and the commands behind these, in Markdown as docs/speed.md has them. */
export function formatTables({ results }: Report): string {
  const many = results.filter(({ unit }) => unit !== "ms");
  const single = results.filter(({ unit }) => unit === "ms");
  return [
    tableOf(
      [
        ...["many at once", "unit", ...CONTENDERS, "of driver", "of gridfs"],
        ...["encrypted of stowage", "CPU, s/GiB or ms", "RSS grew, MiB"],
      ],
      many.map(rateCells),
    ),
    tableOf(
      ["one request, p50 / p99 ms", ...CONTENDERS, "CPU, ms", "Redis", "MongoDB", "in a row"],
      single.map(requestCells),
    ),
    single.map(({ title, roundTrips }) => `- ${title}: ${roundTrips?.text ?? ""}`).join("\n"),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function rateCells({ title, unit, medians }: Result): string[] {
  const { stowage, encrypted, gridfs, driver } = medians;
  const ratio = (of: Figures | undefined, to: Figures | undefined) =>
    of === undefined || to === undefined ? "" : (of.rate / to.rate).toFixed(2);
  const cpuOf = [stowage, encrypted, gridfs, driver].filter((each) => each !== undefined);
  return [
    title,
    unit,
    ...CONTENDERS.map((name) => shown(medians[name]?.rate)),
    ratio(stowage, driver),
    ratio(stowage, gridfs),
    ratio(encrypted, stowage),
    cpuOf.map(({ cpu }) => shown(cpu)).join(" / "),
    shown(stowage === undefined ? undefined : stowage.grownBytes / MIB),
  ];
}

function requestCells({ title, medians, roundTrips }: Result): string[] {
  const latencies = CONTENDERS.map((name) => {
    const figures = medians[name];
    return figures === undefined ? "" : `${shown(figures.p50Ms)} / ${shown(figures.p99Ms)}`;
  });
  const { redis, mongodb, steps } = roundTrips ?? {};
  return [
    title,
    ...latencies,
    shown(medians.stowage?.cpu),
    ...[redis, mongodb, steps].map((count) => String(count ?? "")),
  ];
}

/** Aligned as prettier aligns it. */
function tableOf(head: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return "";
  const widths = head.map((_, n) =>
    Math.max(3, ...[head, ...rows].map((row) => row[n]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, n) =>
    n === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [head, rule, ...rows].map(line).join("\n");
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function shown(value: number | undefined): string {
  if (value === undefined) return "";
  if (Math.abs(value) < 1) return value.toFixed(2);
  return Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}
