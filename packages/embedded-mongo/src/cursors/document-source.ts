import { EMPTY_DOCUMENT, type RawDocument } from "../bson/document.js";
import type { Plan } from "../planner/plan.js";
import type { Scan } from "../planner/scan.js";
import { startScan } from "../planner/start-scan.js";
import type { Filter } from "../query/filter.js";
import type { Sort } from "../sort.js";
import { Sorter, type SorterOptions } from "../sorter.js";
import type { Collection } from "../storage/collection.js";
import type { Store } from "../storage/store.js";
import { PAUSE, type Turn } from "../turn.js";

/** Documents one by one; a document is a view that is valid until the next call. */
export interface DocumentSource {
  /** The next document, {@link PAUSE}, or `undefined` at the end. */
  next(turn: Turn): RawDocument | typeof PAUSE | undefined;
  /** Known to have no more; `false` does not promise another document. */
  readonly isAtEnd: boolean;
  /** To be called before others get their turn. */
  release(): void;
}

/** Says before each step whether the turn is over, but never twice without a step in between. */
class Pace {
  #hasStepped = false;

  isPauseDue(turn: Turn): boolean {
    const isDue = this.#hasStepped && turn.isOver;
    this.#hasStepped = !isDue;
    return isDue;
  }
}

export interface Matching {
  readonly store: Store;
  readonly collection: Collection;
  readonly plan: Plan;
  readonly filter: Filter;
  /** Only their number matters: where the keys decide, empty documents stand for those that match. */
  readonly isCountOnly?: boolean | undefined;
}

/** The documents that a plan finds and the filter accepts, in the order of the plan. */
export class MatchingDocuments implements DocumentSource {
  documentsExamined = 0;
  isAtEnd = false;
  readonly #matching: Matching;
  readonly #scan: Scan;
  #record = 0;
  readonly #pace = new Pace();

  constructor(matching: Matching) {
    const { store, collection, plan } = matching;
    this.#matching = matching;
    this.#scan = startScan({ environment: store.environment, collection }, plan);
  }

  get keysExamined(): number {
    return this.#scan.keysExamined;
  }

  /** The record number of the last document. */
  get record(): number {
    return this.#record;
  }

  next(turn: Turn): RawDocument | typeof PAUSE | undefined {
    const { store, collection, plan, filter, isCountOnly } = this.#matching;
    if (!plan.isCovered && !filter.prepare(turn)) return PAUSE;
    for (;;) {
      if (this.#pace.isPauseDue(turn)) return PAUSE;
      const record = this.#scan.next();
      if (record === undefined) {
        this.isAtEnd = true;
        return undefined;
      }
      if (isCountOnly === true && plan.isCovered) return EMPTY_DOCUMENT;
      const document = store.readDocument(collection, record);
      this.documentsExamined += 1;
      if (document === undefined) continue;
      if (!plan.isCovered && !filter.matches(document)) continue;
      this.#record = record;
      return document;
    }
  }

  release(): void {
    this.#scan.release();
  }
}

/** The documents of another source in a sort's order, of which they are all read first. */
export class SortedDocuments implements DocumentSource {
  readonly #source: DocumentSource;
  readonly #sorter: Sorter;
  readonly #pace = new Pace();
  #isRead = false;

  /** @param options - How many documents are wanted, and what may be held for them. */
  constructor(source: DocumentSource, sort: Sort, options: SorterOptions) {
    this.#source = source;
    this.#sorter = new Sorter(sort, options);
  }

  next(turn: Turn): RawDocument | typeof PAUSE | undefined {
    if (this.#pace.isPauseDue(turn)) return PAUSE;
    while (!this.#isRead) {
      const document = this.#source.next(turn);
      if (document === PAUSE) return PAUSE;
      if (document === undefined) this.#isRead = true;
      else this.#sorter.add(document);
    }
    return this.#sorter.next(turn);
  }

  get isAtEnd(): boolean {
    return this.#isRead && this.#sorter.isEmpty;
  }

  release(): void {
    this.#source.release();
  }
}

/** A window of another source. */
export class LimitedDocuments implements DocumentSource {
  readonly #source: DocumentSource;
  #skip: number;
  #left: number;

  /** @param window - `limit` `undefined` is no limit. */
  constructor(source: DocumentSource, window: { skip: number; limit: number | undefined }) {
    this.#source = source;
    this.#skip = window.skip;
    this.#left = window.limit ?? Infinity;
  }

  get isAtEnd(): boolean {
    return this.#left <= 0 || this.#source.isAtEnd;
  }

  next(turn: Turn): RawDocument | typeof PAUSE | undefined {
    for (;;) {
      if (this.#left <= 0) return undefined;
      const document = this.#source.next(turn);
      if (document === undefined || document === PAUSE) return document;
      if (this.#skip > 0) this.#skip -= 1;
      else {
        this.#left -= 1;
        return document;
      }
    }
  }

  release(): void {
    this.#source.release();
  }
}
