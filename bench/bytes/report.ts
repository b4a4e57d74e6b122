import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join, resolve } from "node:path";
import { CONTENDERS, type ContenderName } from "./contenders.js";
import type { Figures, Row } from "./rows.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const MIB = 1024 ** 2;

/** A row with the medians of its rounds. */
export interface Result {
  readonly title: string;
  readonly unit: Row["unit"];
  readonly medians: Partial<Record<ContenderName, Figures>>;
}

export interface Report {
  readonly at: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly rounds: number;
  readonly results: readonly Result[];
}

/** @param rounds - What each contender did in each round. */
export function resultOf(
  { title, unit }: Row,
  rounds: ReadonlyMap<ContenderName, readonly Figures[]>,
): Result {
  const medians = Object.fromEntries(
    [...rounds].map(([name, figures]) => [name, mediansOf(figures)]),
  );
  return { title, unit, medians };
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

/** The report as a table for people: one line per row and contender. */
export function formatTable({ results }: Report): string {
  const head = ["", "", "rate", "of driver", "of gridfs", "CPU s/GiB", "p50 ms", "p99 ms"];
  const table = [[...head, "RSS grew", "RSS peak"], ...results.flatMap(linesOf)];
  const widths = table.reduce<number[]>(
    (sums, cells) => cells.map((cell, n) => Math.max(sums[n] ?? 0, cell.length)),
    [],
  );
  return table
    .map((cells) =>
      cells
        .map((cell, n) => pad(cell, widths[n] ?? 0, n))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Writes everything as JSON to bench/results. @returns The path. */
export function writeReport(report: Report): string {
  const folder = join(ROOT, "bench/results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `bytes-${report.at.replaceAll(":", "-")}.json`);
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
  return path;
}

function linesOf({ title, unit, medians }: Result): string[][] {
  return CONTENDERS.flatMap((name) => {
    const figures = medians[name];
    if (figures === undefined) return [];
    const ratio = (to: Figures | undefined) =>
      to === undefined || to === figures ? "" : (figures.rate / to.rate).toFixed(2);
    return [
      [
        name === "ours" ? title : "",
        name,
        `${shown(figures.rate)} ${unit}`,
        ratio(medians.driver),
        ratio(medians.gridfs),
        figures.cpuSecondsPerGib.toFixed(2),
        shown(figures.p50Ms),
        shown(figures.p99Ms),
        `${shown(figures.grownBytes / MIB)} MiB`,
        `${shown(figures.peakBytes / MIB)} MiB`,
      ],
    ];
  });
}

function mediansOf(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures) => median(rounds.map((figures) => figures[key]));
  return {
    rate: of("rate"),
    cpuSecondsPerGib: of("cpuSecondsPerGib"),
    p50Ms: of("p50Ms"),
    p99Ms: of("p99Ms"),
    grownBytes: of("grownBytes"),
    peakBytes: of("peakBytes"),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function shown(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

const pad = (cell: string, width: number, column: number) =>
  column < 2 ? cell.padEnd(width) : cell.padStart(width);
