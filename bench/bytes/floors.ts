import type { ContenderName } from "./contenders.js";
import type { Report } from "./report.js";
import type { RowKey } from "./rows.js";

/** How one figure of a row compares with another contender's in the same run: a ratio, so that it holds on any machine. */
interface Floor {
  readonly row: RowKey;
  readonly figure: "rate" | "cpu" | "p50Ms";
  readonly of?: ContenderName;
  /** The row that the other is measured in, where it cannot do this one. */
  readonly ofRow?: RowKey;
  readonly who?: ContenderName;
  readonly least?: number;
  readonly most?: number;
}

/**
 * Rates swing by a third and more from run to run, because the disk does; CPU time by a tenth. So rates have floors well below
 * what they usually are, and CPU time has closer ones. The other contender is the GridFS streams unless `of` says so.
 */
const FLOORS: readonly Floor[] = [
  // Usually 1.6 to 6.6: the streams wait for the disk after each chunk, and copy each chunk.
  { row: "large-up", figure: "rate", least: 1.1 },
  { row: "large-up", figure: "cpu", most: 0.9 },
  { row: "parallel-up", figure: "rate", least: 1 },
  { row: "parallel-up", figure: "cpu", most: 0.9 },
  // Usually 0.7 to 1.5: Stowage verifies the SHA-256 on the way, and the streams do not.
  { row: "large-down", figure: "rate", least: 0.55 },
  { row: "large-down", figure: "cpu", most: 1.4 },
  { row: "parallel-down", figure: "rate", least: 0.55 },
  { row: "parallel-down", figure: "cpu", most: 1.4 },
  // Usually 1: tus takes a resumable SHA-256, which costs more than that of Node.js.
  { row: "large-up-tus", figure: "rate", ofRow: "large-up", least: 0.45 },
  // Usually 1.0 to 1.4, although a session, an account and a file are queried first.
  { row: "ranges", figure: "rate", least: 0.7 },
  { row: "ranges", figure: "cpu", most: 1.4 },
  // Usually 0.34 to 0.63: ten documents where the streams write two, and a job for the worker.
  { row: "small-up", figure: "rate", least: 0.22 },
  { row: "small-up", figure: "cpu", most: 3 },
  // Usually 1.4: requests that come together share their queries.
  { row: "small-down", figure: "rate", least: 0.8 },
  { row: "small-down", figure: "cpu", most: 1.2 },
  // Usually 2 to 4: Stowage waits for the round trips below, the streams for one or two.
  { row: "small-up-alone", figure: "p50Ms", most: 7 },
  { row: "small-down-alone", figure: "p50Ms", most: 5 },
  { row: "range-alone", figure: "p50Ms", most: 5 },
  // Usually 0.8 to 1.1: AES-256-GCM and a copy of each chunk.
  { row: "large-up", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
  { row: "large-down", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
  { row: "large-up-tus", figure: "rate", who: "encrypted", of: "stowage", least: 0.55 },
  { row: "parallel-up", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
  { row: "parallel-down", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
  { row: "ranges", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
  { row: "small-up", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
  { row: "small-down", figure: "rate", who: "encrypted", of: "stowage", least: 0.6 },
];

/** The most commands that a request may send to the stores, and how many of them one after the other. These do not swing. */
const MOST_ROUND_TRIPS: Partial<Record<RowKey, { commands: number; steps: number }>> = {
  // The session, the account.
  "account-alone": { commands: 2, steps: 2 },
  // Those, the file, its `blobs.files` document, its chunks.
  "small-down-alone": { commands: 5, steps: 5 },
  "range-alone": { commands: 5, steps: 5 },
  // The session, the account, one `bulkWrite`; then the worker's job, for which nothing waits.
  "small-up-alone": { commands: 4, steps: 3 },
};

/** A floor beside what was measured. */
export interface Verdict {
  readonly holds: boolean;
  readonly text: string;
}

/** Compares a report with the floors. What was not measured has no verdict. */
export function judge(report: Report): Verdict[] {
  return [...ratioVerdicts(report), ...roundTripVerdicts(report)];
}

function ratioVerdicts({ results }: Report): Verdict[] {
  const find = (row: RowKey) => results.find(({ key }) => key === row);
  return FLOORS.flatMap(({ row, figure, who = "stowage", of = "gridfs", ofRow, least, most }) => {
    const own = find(row)?.medians[who]?.[figure];
    const other = find(ofRow ?? row)?.medians[of]?.[figure];
    if (own === undefined || other === undefined) return [];
    const ratio = own / other;
    const bound = least === undefined ? `at most ${most ?? ""}` : `at least ${least}`;
    const text = `${row}: ${figure} of ${who} is ${ratio.toFixed(2)} of ${of}, ${bound} is allowed`;
    return [{ holds: ratio >= (least ?? 0) && ratio <= (most ?? Infinity), text }];
  });
}

function roundTripVerdicts({ results }: Report): Verdict[] {
  return results.flatMap(({ key, roundTrips }) => {
    const most = MOST_ROUND_TRIPS[key];
    if (most === undefined || roundTrips === undefined) return [];
    const commands = roundTrips.redis + roundTrips.mongodb;
    const text = `${key}: ${commands} commands in ${roundTrips.steps} steps, at most ${most.commands} in ${most.steps} are allowed`;
    return [{ holds: commands <= most.commands && roundTrips.steps <= most.steps, text }];
  });
}
