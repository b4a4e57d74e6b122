import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";

const RESULTS = resolve(import.meta.dirname, "../../../bench/results");

/** One line of the table. */
export interface Measurement {
  readonly what: string;
  readonly unit: string;
  /** One figure for each round. */
  readonly store: readonly number[];
  /** What the store is held against, in the same rounds. */
  readonly reference?: { readonly name: string; readonly rounds: readonly number[] };
  /** Of the median, or of the ratio of the medians where there is a reference. */
  readonly floor?: number;
  readonly ceiling?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function ratioOf({ store, reference }: Measurement): number | undefined {
  return reference && median(store) / median(reference.rounds);
}

function verdictOf(measurement: Measurement): string {
  const { floor, ceiling, store } = measurement;
  const judged = ratioOf(measurement) ?? median(store);
  if (floor !== undefined) return `${judged >= floor ? "ok" : "BELOW"} (floor ${floor})`;
  if (ceiling !== undefined) return `${judged <= ceiling ? "ok" : "ABOVE"} (ceiling ${ceiling})`;
  return "";
}

function shown(value: number | undefined): string {
  if (value === undefined) return "";
  return value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString("en");
}

/** The measurements as a table for people. */
export function formatTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { what, unit, store, reference } = measurement;
    return [
      what,
      `${shown(median(store))} ${unit}`,
      reference === undefined ? "" : `${shown(median(reference.rounds))} ${reference.name}`,
      shown(ratioOf(measurement)),
      verdictOf(measurement),
    ];
  });
  const table = [["", "store (median)", "reference", "ratio", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Writes all figures to bench/results. @returns The path. */
export function writeResults(name: string, measurements: readonly Measurement[]): string {
  mkdirSync(RESULTS, { recursive: true });
  const at = new Date().toISOString();
  const path = join(RESULTS, `${name}-${at.replaceAll(":", "-")}.json`);
  const [processor] = cpus();
  const machine = {
    node: process.version,
    processor: processor?.model,
    cores: cpus().length,
    load: loadavg(),
  };
  writeFileSync(path, `${JSON.stringify({ at, machine, measurements }, undefined, 2)}\n`);
  return path;
}
