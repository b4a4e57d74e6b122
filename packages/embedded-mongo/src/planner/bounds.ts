import type { Constraint } from "../query/filter.js";
import { intersectRanges, type KeyRange, reverseRange, successor } from "../query/ranges.js";
import { idPrefix, type KeyBounds, MAX_FIELDS_BYTES, storedFields } from "../storage/layout.js";
import type { StoredIndex } from "../storage/stored-index.js";

/** Ranges that one scan may be made of; beyond, the fields that would multiply them are left to the filter. */
const MAX_RANGES = 5000;

/** What the constraints of a filter make of an index. */
export interface IndexBounds {
  /** In key order, without the id of the index. */
  readonly ranges: readonly KeyBounds[];
  /** Leading fields that have one value in the whole scan. */
  readonly pinnedFields: number;
  /** Leading fields that bound the scan, pinned ones included. */
  readonly boundFields: number;
  /** The scan passes exactly the keys that fulfil the constraints in `used`. */
  readonly isExact: boolean;
  readonly used: ReadonlySet<Constraint>;
  /** Each range is one key: all fields have one value in it. */
  readonly arePoints: boolean;
}

/** Beginnings of keys that are still being extended field by field, and what was used to get there. */
interface Progress {
  prefixes: Buffer[];
  pinnedFields: number;
  boundFields: number;
  readonly used: Set<Constraint>;
}

/** The key ranges in which every match of a filter with these constraints has a key. */
export function boundIndex(index: StoredIndex, constraints: readonly Constraint[]): IndexBounds {
  const progress: Progress = {
    prefixes: [Buffer.alloc(0)],
    pinnedFields: 0,
    boundFields: 0,
    used: new Set(),
  };
  let last: readonly KeyRange[] | undefined;
  for (const { path, direction } of index.fields) {
    const usable = constraintsOn(path, { index, constraints, used: progress.used });
    if (usable.length === 0) break;
    const ranges = intersectAll(usable).map((range) =>
      direction < 0 ? reverseRange(range) : range,
    );
    if (progress.prefixes.length * ranges.length > MAX_RANGES) break;
    for (const constraint of usable) progress.used.add(constraint);
    progress.boundFields += 1;
    if (!ranges.every(({ isPoint }) => isPoint)) {
      last = ranges;
      break;
    }
    if (ranges.length === 1 && progress.prefixes.length === 1) progress.pinnedFields += 1;
    progress.prefixes = extend(progress.prefixes, ranges);
  }
  return finish(index, progress, last);
}

/** In a multikey index each constraint may hold for another key of a document: only one of all may bound a scan. */
function constraintsOn(
  path: string,
  {
    index,
    constraints,
    used,
  }: { index: StoredIndex; constraints: readonly Constraint[]; used: ReadonlySet<Constraint> },
): Constraint[] {
  const all = constraints.filter((constraint) => constraint.path === path);
  if (!index.state.isMultikey) return all;
  return used.size > 0 ? [] : all.slice(0, 1);
}

function intersectAll(constraints: readonly Constraint[]): readonly KeyRange[] {
  const [first, ...others] = constraints.map(({ ranges }) => ranges);
  return others.reduce((ranges, other) => intersectRanges(ranges, other), first ?? []);
}

function extend(prefixes: readonly Buffer[], points: readonly KeyRange[]): Buffer[] {
  return prefixes.flatMap((prefix) => points.map(({ start }) => Buffer.concat([prefix, start])));
}

function finish(
  index: StoredIndex,
  { prefixes, pinnedFields, boundFields, used }: Progress,
  last: readonly KeyRange[] | undefined,
): IndexBounds {
  const isWhole = last === undefined && boundFields === index.fields.length;
  const ranges = prefixes.flatMap((prefix) => rangesAfter(prefix, last, isWhole));
  ranges.sort((a, b) => a.start.compare(b.start));
  const wasCut =
    index.state.isTruncated ||
    [...prefixes, ...(last ?? []).flatMap(({ start, end }) => [start, end])].some(
      (bytes) => bytes.length > MAX_FIELDS_BYTES / 2,
    );
  return { ranges, pinnedFields, boundFields, isExact: !wasCut, used, arePoints: isWhole };
}

function rangesAfter(
  prefix: Buffer,
  last: readonly KeyRange[] | undefined,
  isWhole: boolean,
): KeyBounds[] {
  if (last !== undefined)
    return last.map(({ start, end }) => ({
      start: Buffer.concat([prefix, start]).subarray(0, MAX_FIELDS_BYTES),
      end: cutEnd(Buffer.concat([prefix, end])),
    }));
  const start = isWhole ? storedFields(prefix) : prefix.subarray(0, MAX_FIELDS_BYTES);
  return [{ start, end: successor(start) }];
}

function cutEnd(end: Buffer): Buffer {
  return end.length <= MAX_FIELDS_BYTES ? end : successor(end.subarray(0, MAX_FIELDS_BYTES));
}

/** The bounds as keys of the table of indexes. */
export function keyBounds({ id }: StoredIndex, { start, end }: KeyBounds): KeyBounds {
  const prefix = idPrefix(id);
  return {
    start: Buffer.concat([prefix, start]),
    end: end.length === 0 ? idPrefix(id + 1) : Buffer.concat([prefix, end]),
  };
}
