import { decodeRecord, type KeyBounds } from "../storage/layout.js";
import type { IndexPlan } from "./plan.js";
import { planKilled, type Scan, type ScanContext } from "./scan.js";

const FIRST_BLOCK_KEYS = 16;
const LARGEST_BLOCK_KEYS = 512;
/** Appended to a key it gives the next possible key. */
const SMALLEST_BYTE = Buffer.from([0]);

interface Entry {
  readonly key: Buffer;
  readonly record: number;
}

/**
 * Walks over the keys of an index plan; see {@link Scan}. Keys are read in blocks, and no read transaction outlives
 * a block: between two there is only the last key, so that a scan may rest for as long as it likes.
 */
export class IndexScan implements Scan {
  keysExamined = 0;
  readonly #context: ScanContext;
  readonly #plan: IndexPlan;
  readonly #ranges: readonly KeyBounds[];
  /** Of a multikey index: a document comes once, with its first key. */
  readonly #seen: Set<number> | undefined;
  #range = 0;
  #block: Entry[] = [];
  #position = 0;
  #blockKeys = FIRST_BLOCK_KEYS;
  #isRangeRead = false;
  /** The last key that was looked at in this range. */
  #last: Buffer | undefined;

  constructor(context: ScanContext, plan: IndexPlan) {
    this.#context = context;
    this.#plan = plan;
    this.#ranges = plan.isBackward ? [...plan.ranges].reverse() : plan.ranges;
    this.#seen = plan.wasMultikey ? new Set() : undefined;
  }

  next(): number | undefined {
    for (;;) {
      const entry = this.#block[this.#position] ?? this.#readOn();
      if (entry === undefined) return undefined;
      this.#position += 1;
      this.#last = entry.key;
      this.keysExamined += 1;
      if (this.#seen?.has(entry.record) === true) continue;
      this.#seen?.add(entry.record);
      return entry.record;
    }
  }

  release(): void {
    this.#block = [];
    this.#position = 0;
    this.#isRangeRead = false;
  }

  /** The first entry of the next block that has any, or `undefined` at the end of the last range. */
  #readOn(): Entry | undefined {
    this.#checkPlan();
    for (;;) {
      if (this.#isRangeRead) {
        this.#range += 1;
        this.#last = undefined;
        this.#isRangeRead = false;
      }
      const range = this.#ranges[this.#range];
      if (range === undefined) return undefined;
      this.#position = 0;
      this.#block = this.#plan.areUniquePoints ? this.#readPoint(range) : this.#readBlock(range);
      if (this.#block[0] !== undefined) return this.#block[0];
    }
  }

  #readPoint({ start }: KeyBounds): Entry[] {
    this.#isRangeRead = true;
    if (this.#last !== undefined) return [];
    const value = this.#context.environment.indexes.getBinary(start);
    return value === undefined ? [] : [{ key: start, record: decodeRecord(value) }];
  }

  #readBlock(range: KeyBounds): Entry[] {
    const limit = this.#blockKeys;
    const entries: Entry[] = [];
    const bounds = { ...this.#boundsLeft(range), limit };
    for (const { key, value } of this.#context.environment.indexes.getRange(bounds))
      entries.push({ key, record: decodeRecord(value) });
    this.#isRangeRead = entries.length < limit;
    this.#blockKeys = Math.min(limit * 2, LARGEST_BLOCK_KEYS);
    return entries;
  }

  #boundsLeft({ start, end }: KeyBounds) {
    const last = this.#last;
    if (!this.#plan.isBackward)
      return { start: last === undefined ? start : Buffer.concat([last, SMALLEST_BYTE]), end };
    const from = last ?? end;
    return { start: from, exclusiveStart: true, end: start, inclusiveEnd: true, reverse: true };
  }

  #checkPlan(): void {
    const { index, wasMultikey, wasTruncated } = this.#plan;
    const isDropped = this.#context.collection.isDropped || !index.isUsable;
    if (isDropped) throw planKilled(`The collection or its index ${index.name} was dropped`);
    const isSame =
      index.state.isMultikey === wasMultikey && index.state.isTruncated === wasTruncated;
    if (!isSame) throw planKilled(`The first array or long value entered index ${index.name}`);
  }
}
