import { complement } from "../bson/encode.js";

/**
 * A contiguous set of encoded values: `start <= encoding < end`, bytewise. Because encodings are prefix-free, the same
 * bounds hold for compound keys that begin with such an encoding.
 */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
  /** The range holds exactly one encoding (an equality); `start` is that encoding. */
  readonly isPoint: boolean;
}

/** The first byte string after all that begin with `prefix`. */
export function successor(prefix: Buffer): Buffer {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  const result = Buffer.from(prefix.subarray(0, length));
  if (length > 0) result[length - 1] = (result[length - 1] ?? 0) + 1;
  return result;
}

export function pointRange(encoded: Buffer): KeyRange {
  return { start: encoded, end: successor(encoded), isPoint: true };
}

/** Every encoding that begins with `prefix`. */
export function prefixRange(prefix: Buffer): KeyRange {
  return { start: prefix, end: successor(prefix), isPoint: false };
}

/** The range as it stands in a descending field (all bytes complemented). */
export function reverseRange({ start, end, isPoint }: KeyRange): KeyRange {
  if (isPoint) return pointRange(complement(start));
  return { start: successor(complement(end)), end: successor(complement(start)), isPoint: false };
}

/** What lies in both; both lists are sorted and disjoint, and so is the result. */
export function intersectRanges(a: readonly KeyRange[], b: readonly KeyRange[]): KeyRange[] {
  const result: KeyRange[] = [];
  let i = 0;
  let j = 0;
  for (let left = a[i], right = b[j]; left && right; left = a[i], right = b[j]) {
    const start = left.start.compare(right.start) >= 0 ? left.start : right.start;
    const isLeftFirst = left.end.compare(right.end) <= 0;
    const end = isLeftFirst ? left.end : right.end;
    const isPoint =
      (left.isPoint && start === left.start) || (right.isPoint && start === right.start);
    if (start.compare(end) < 0) result.push({ start, end, isPoint });
    if (isLeftFirst) i += 1;
    else j += 1;
  }
  return result;
}

/** What lies in either, sorted and disjoint. */
export function unionRanges(ranges: readonly KeyRange[]): KeyRange[] {
  const result: KeyRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start.compare(b.start))) {
    const last = result.at(-1);
    if (last === undefined || last.end.compare(range.start) < 0) {
      result.push(range);
    } else if (last.end.compare(range.end) < 0 || !last.start.equals(range.start)) {
      const end = last.end.compare(range.end) < 0 ? range.end : last.end;
      result[result.length - 1] = { start: last.start, end, isPoint: false };
    } else {
      const isPoint = last.isPoint && range.isPoint;
      result[result.length - 1] = { ...last, isPoint };
    }
  }
  return result;
}

/** Whether every encoding in `inner` lies in `outer`; both are sorted and disjoint. */
export function areRangesInside(inner: readonly KeyRange[], outer: readonly KeyRange[]): boolean {
  return inner.every(({ start, end }) =>
    outer.some((range) => range.start.compare(start) <= 0 && end.compare(range.end) <= 0),
  );
}
