import { getField } from "../bson/document.js";
import { encodeValue } from "../bson/encode.js";
import { NULL_VALUE } from "../bson/value.js";
import {
  type DocumentSource,
  MatchingDocuments,
  SortedDocuments,
} from "../cursors/document-source.js";
import { choosePlan } from "../planner/plan.js";
import type { Sort } from "../sort.js";
import type { Collection } from "../storage/collection.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import { PAUSE } from "../turn.js";
import type { MatchingRecord, RecordQuery } from "./matching-records.js";

/** The first document of a query in an order that no index gives. */
export class FirstInOrder {
  readonly #store: Store;
  readonly #collection: Collection;
  readonly #query: RecordQuery & { readonly sort: Sort };
  #source: DocumentSource | undefined;

  constructor(store: Store, collection: Collection, query: RecordQuery & { readonly sort: Sort }) {
    this.#store = store;
    this.#collection = collection;
    this.#query = query;
  }

  next(transaction: Transaction): MatchingRecord | typeof PAUSE | undefined {
    for (;;) {
      this.#source ??= this.#start();
      const first = this.#source.next(transaction);
      if (first === undefined) return undefined;
      if (first === PAUSE) {
        this.#source.release();
        return PAUSE;
      }
      const id = getField(first, "_id") ?? NULL_VALUE;
      const record = this.#store.findRecordById(this.#collection, encodeValue(id));
      if (record !== undefined) {
        const document = this.#store.readDocument(this.#collection, record);
        if (document?.equals(first) === true) return { record, document };
      }
      // It was changed since it was read, while others had their turn.
      this.#source = undefined;
    }
  }

  #start(): DocumentSource {
    const { filter, hint, sort } = this.#query;
    const [store, collection] = [this.#store, this.#collection];
    const plan = choosePlan(collection, { filter, hint });
    const matching = new MatchingDocuments({ store, collection, plan, filter });
    return new SortedDocuments(matching, sort, { limit: 1 });
  }
}
