import type { RawDocument } from "../bson/document.js";
import { compileFilterSteps } from "../query/filter.js";
import { removeDocument } from "../storage/document-writer.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import { Computation, PAUSE } from "../turn.js";
import { MatchingRecords } from "./matching-records.js";
import { NOTHING_DONE, type Statement } from "./statement.js";

export interface DeleteOptions {
  readonly namespace: string;
  readonly query: RawDocument;
  readonly hint?: string | RawDocument | undefined;
  readonly isMulti: boolean;
}

export class DeleteStatement implements Statement {
  result = NOTHING_DONE;
  readonly #store: Store;
  readonly #options: DeleteOptions;
  readonly #filter;
  #records: MatchingRecords | undefined;

  constructor(store: Store, options: DeleteOptions) {
    this.#store = store;
    this.#options = options;
    this.#filter = new Computation(compileFilterSteps(options.query));
  }

  step(transaction: Transaction): boolean {
    const { namespace, hint, isMulti } = this.#options;
    const filter = this.#filter.result(transaction);
    if (filter === PAUSE) return false;
    const collection = this.#store.catalogue.find(namespace);
    if (collection === undefined) return true;
    this.#records ??= new MatchingRecords(this.#store, collection, { filter, hint });
    do {
      const next = this.#records.next(transaction);
      if (next === PAUSE) return false;
      if (next === undefined) return true;
      const { record, document: before } = next;
      removeDocument(transaction, { collection, record, before });
      this.result = { ...this.result, n: this.result.n + 1 };
    } while (isMulti);
    return true;
  }
}
