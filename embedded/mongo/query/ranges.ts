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

/** The range as it stands in a descending field (all bytes complemented). */
export declare function reverseRange(range: KeyRange): KeyRange;

/** What lies in both; both lists are sorted and disjoint, and so is the result. */
export declare function intersectRanges(a: readonly KeyRange[], b: readonly KeyRange[]): KeyRange[];

/** What lies in either, sorted and disjoint. */
export declare function unionRanges(ranges: readonly KeyRange[]): KeyRange[];
