import type { RawDocument } from "../bson/document.js";
import { MatchingDocuments } from "../cursors/document-source.js";
import { CommandError } from "../errors.js";
import { QUERY_PLAN_KILLED } from "../planner/scan.js";
import { choosePlan } from "../planner/plan.js";
import type { Filter } from "../query/filter.js";
import type { Sort } from "../sort.js";
import type { Collection } from "../storage/collection.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import { PAUSE } from "../turn.js";

export interface RecordQuery {
  readonly filter: Filter;
  /** Only for a plan that provides it; see {@link FirstInOrder} otherwise. */
  readonly sort?: Sort | undefined;
  readonly hint?: string | RawDocument | undefined;
}

export interface MatchingRecord {
  readonly record: number;
  /** A view that is valid until anything else is read. */
  readonly document: RawDocument;
}

/**
 * The documents that a statement is about to change, each of them once: a change may put a document where the scan
 * comes by again, or make the plan useless, in which case another one is chosen.
 */
export class MatchingRecords {
  readonly #store: Store;
  readonly #collection: Collection;
  readonly #query: RecordQuery;
  readonly #seen = new Set<number>();
  #source: MatchingDocuments;

  constructor(store: Store, collection: Collection, query: RecordQuery) {
    this.#store = store;
    this.#collection = collection;
    this.#query = query;
    this.#source = this.#start();
  }

  next(transaction: Transaction): MatchingRecord | typeof PAUSE | undefined {
    for (;;) {
      const document = this.#nextDocument(transaction);
      if (document === undefined) return undefined;
      if (document === PAUSE) {
        this.#source.release();
        return PAUSE;
      }
      const { record } = this.#source;
      if (this.#seen.has(record)) continue;
      this.#seen.add(record);
      return { record, document };
    }
  }

  #nextDocument(transaction: Transaction): RawDocument | typeof PAUSE | undefined {
    try {
      return this.#source.next(transaction);
    } catch (error) {
      const isReplannable =
        error instanceof CommandError &&
        error.code === QUERY_PLAN_KILLED &&
        !this.#collection.isDropped;
      if (!isReplannable) throw error;
      this.#source = this.#start();
      return this.#source.next(transaction);
    }
  }

  #start(): MatchingDocuments {
    const { filter } = this.#query;
    const plan = choosePlan(this.#collection, this.#query);
    return new MatchingDocuments({
      store: this.#store,
      collection: this.#collection,
      plan,
      filter,
    });
  }
}
