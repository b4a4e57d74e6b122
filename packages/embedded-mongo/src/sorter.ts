import type { RawDocument } from "./bson/document.js";
import { Heap } from "./heap.js";
import { Arena, copyAlone, type MemoryShare } from "./memory-budget.js";
import type { Sort } from "./sort.js";
import { PAUSE, type Turn } from "./turn.js";

export interface SorterOptions {
  /** How many documents are wanted; `undefined` for all. */
  readonly limit?: number | undefined;
  /** Pays for documents, keys and what holds them. */
  readonly memory?: MemoryShare | undefined;
}

interface Entry {
  readonly key: Buffer;
  /** Documents with equal keys keep the order in which they came. */
  readonly sequence: number;
  readonly document: RawDocument;
}

/** Entries in order, and how many of them have been given out. */
interface Run {
  readonly entries: readonly Entry[];
  position: number;
}

/** A rough price of an entry's objects besides what they hold. */
const ENTRY_BYTES = 250;
/** Entries that are put into order in one go: about a millisecond. */
const RUN_ENTRIES = 512;

/**
 * Collects documents within a memory cap, keeping only the first `limit` when there is one, and then gives them out in
 * a sort's order. No step takes long: runs of entries are sorted one by one, and merged as they are asked for.
 */
export class Sorter {
  readonly #sort: Sort;
  readonly #limit: number;
  readonly #memory: MemoryShare | undefined;
  readonly #arena = new Arena();
  /** With a limit: the entries to keep, the last one on top. */
  readonly #kept = new Heap<Entry>((a, b) => compareEntries(a, b) > 0);
  #entries: Entry[] = [];
  #sequence = 0;
  #sortedEntries = 0;
  readonly #runs = new Heap<Run>((a, b) => isRunBefore(a, b));

  constructor(sort: Sort, { limit, memory }: SorterOptions = {}) {
    this.#sort = sort;
    this.#limit = limit ?? Infinity;
    this.#memory = memory;
  }

  /**
   * @param document - Only lent: it is copied when it is kept.
   * @throws CommandError 292 when there is no memory for it.
   */
  add(document: RawDocument): void {
    const key = this.#sort.key(document);
    const last = this.#kept.size >= this.#limit ? this.#kept.first : undefined;
    if (this.#limit === 0 || (last !== undefined && key.compare(last.key) >= 0)) return;
    const entry = this.#keep(key, document);
    this.#memory?.take(sizeOf(entry) - (last === undefined ? 0 : sizeOf(last)), "Sort");
    if (this.#limit === Infinity) this.#entries.push(entry);
    else if (last === undefined) this.#kept.add(entry);
    else this.#kept.replaceFirst(entry);
  }

  /** Those of a limited sort come and go one by one. */
  #keep(key: Buffer, document: RawDocument): Entry {
    const copy = (bytes: Buffer) =>
      this.#limit === Infinity ? this.#arena.copy(bytes) : copyAlone(bytes);
    return { key: copy(key), sequence: this.#sequence++, document: copy(document) };
  }

  /** Everything was given out. */
  get isEmpty(): boolean {
    const isUnsorted = this.#kept.size > 0 || this.#sortedEntries < this.#entries.length;
    return !isUnsorted && this.#runs.size === 0;
  }

  /** The next document in order, `undefined` at the end; nothing is added after the first call. */
  next(turn: Turn): RawDocument | typeof PAUSE | undefined {
    if (this.#kept.size > 0) this.#entries = this.#kept.takeAll();
    while (this.#sortedEntries < this.#entries.length) {
      this.#addRun();
      if (turn.isOver) return PAUSE;
    }
    const run = this.#runs.first;
    const entry = run?.entries[run.position];
    if (run === undefined || entry === undefined) return undefined;
    run.position += 1;
    if (run.position < run.entries.length) this.#runs.replaceFirst(run);
    else this.#runs.take();
    return entry.document;
  }

  #addRun(): void {
    const from = this.#sortedEntries;
    this.#sortedEntries = Math.min(from + RUN_ENTRIES, this.#entries.length);
    const entries = this.#entries.slice(from, this.#sortedEntries).sort(compareEntries);
    this.#runs.add({ entries, position: 0 });
  }
}

function sizeOf({ key, document }: Entry): number {
  return key.length + document.length + ENTRY_BYTES;
}

function compareEntries(a: Entry, b: Entry): number {
  const order = a.key.compare(b.key);
  return order === 0 ? a.sequence - b.sequence : order;
}

function isRunBefore(a: Run, b: Run): boolean {
  const [left, right] = [a.entries[a.position], b.entries[b.position]];
  return left !== undefined && right !== undefined && compareEntries(left, right) < 0;
}
