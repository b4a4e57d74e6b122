import type { ContenderName } from "./contenders.js";
import type { Workload } from "./workload.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const MANY = 32;
const PARALLEL = 8;

export type RowKey =
  | "large-up"
  | "large-down"
  | "large-up-tus"
  | "parallel-up"
  | "parallel-down"
  | "ranges"
  | "range-alone"
  | "small-up"
  | "small-down"
  | "small-up-alone"
  | "small-down-alone"
  | "account-alone";

/** One line of the tables: a workload, and what is measured of it. */
export interface Row {
  readonly key: RowKey;
  readonly title: string;
  readonly workload: Workload;
  /** `ms` for one request at a time, whose latency counts. */
  readonly unit: "MB/s" | "/s" | "ms";
  /** Whether the content goes afterwards, because no later row reads it. */
  readonly clears: boolean;
  /** Those that cannot do it. */
  readonly without: readonly ContenderName[];
}

export interface Scale {
  readonly rounds: number;
  readonly largeBytes: number;
  readonly parallelBytes: number;
  /** Of each row of many small files or ranges. */
  readonly requests: number;
  /** Of each row of one request at a time. */
  readonly alone: number;
}

export const FULL: Scale = {
  rounds: 8,
  largeBytes: GIB,
  parallelBytes: 64 * MIB,
  requests: 2048,
  alone: 256,
};
export const QUICK: Scale = { ...FULL, rounds: 4, largeBytes: 256 * MIB };
/** Enough to count the round trips of a request. */
export const TINY: Scale = {
  rounds: 1,
  largeBytes: MIB,
  parallelBytes: MIB,
  requests: 8,
  alone: 1,
};

/** @param by - The part of the bytes and requests that is left. */
export function scaled(scale: Scale, by: number): Scale {
  const part = (amount: number, step: number) =>
    Math.max(step, Math.round((amount * by) / step) * step);
  return {
    rounds: scale.rounds,
    largeBytes: part(scale.largeBytes, MIB),
    parallelBytes: part(scale.parallelBytes, MIB),
    requests: part(scale.requests, MANY),
    alone: part(scale.alone, 1),
  };
}

/** All rows. Downloads and ranges read what the last upload before them has stored. */
export function allRows({ largeBytes, parallelBytes, requests, alone }: Scale): Row[] {
  const size = largeBytes % GIB === 0 ? `${largeBytes / GIB} GiB` : `${largeBytes / MIB} MiB`;
  const each = `${PARALLEL} × ${parallelBytes / MIB} MiB`;
  const large = { count: 1, sizeBytes: largeBytes, clients: 1 };
  const parallel = { count: PARALLEL, sizeBytes: parallelBytes, clients: PARALLEL };
  const small = { count: requests, sizeBytes: 4 * KIB, clients: MANY };
  const one = { count: alone, sizeBytes: 4 * KIB, clients: 1 };
  const range: Workload = { ...one, action: "read-range", sizeBytes: 64 * KIB };
  const ranges = { ...range, count: requests, clients: PARALLEL };
  const tus: Workload = { ...large, action: "upload-tus" };
  const account: Workload = { ...one, action: "get-account", sizeBytes: 0 };
  const upload = (of: Omit<Workload, "action">): Workload => ({ ...of, action: "upload" });
  const download = (of: Omit<Workload, "action">): Workload => ({ ...of, action: "download" });
  const ofBytes = { unit: "MB/s", clears: false, without: [] } as const;
  const ofMany = { ...ofBytes, unit: "/s" } as const;
  const ofOne = { ...ofBytes, unit: "ms" } as const;
  const clears = true;
  const without = ["gridfs", "driver"] as const;
  return [
    { ...ofBytes, key: "large-up", title: `${size} up`, workload: upload(large) },
    { ...ofBytes, key: "large-down", title: `${size} down`, workload: download(large), clears },
    { ...ofBytes, key: "large-up-tus", title: `${size} up, tus`, workload: tus, clears, without },
    { ...ofBytes, key: "parallel-up", title: `${each} up`, workload: upload(parallel) },
    { ...ofBytes, key: "parallel-down", title: `${each} down`, workload: download(parallel) },
    { ...ofMany, key: "ranges", title: `64 KiB ranges, ${PARALLEL} at once`, workload: ranges },
    { ...ofOne, key: "range-alone", title: "64 KiB range", workload: range, clears },
    { ...ofMany, key: "small-up", title: `4 KiB up, ${MANY} at once`, workload: upload(small) },
    {
      ...ofMany,
      key: "small-down",
      title: `4 KiB down, ${MANY} at once`,
      workload: download(small),
      clears,
    },
    { ...ofOne, key: "small-up-alone", title: "4 KiB up", workload: upload(one) },
    { ...ofOne, key: "small-down-alone", title: "4 KiB down", workload: download(one), clears },
    { ...ofOne, key: "account-alone", title: "GET /me", workload: account, without },
  ];
}

/** The wanted rows, and the uploads that they read. */
export function withUploads(rows: readonly Row[], isWanted: (row: Row) => boolean): readonly Row[] {
  const isUpload = ({ workload }: Row) => workload.action.startsWith("upload");
  const uploadBefore = (row: Row) => rows.slice(0, rows.indexOf(row)).findLast(isUpload);
  const needed = new Set(
    rows.filter(isWanted).flatMap((row) => (isUpload(row) ? row : [row, uploadBefore(row)])),
  );
  return rows.filter((row) => needed.has(row));
}
