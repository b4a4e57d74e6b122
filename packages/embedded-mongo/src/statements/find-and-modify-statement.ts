import { ObjectId } from "bson";
import { EMPTY_DOCUMENT, getField, type RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";
import { choosePlan } from "../planner/plan.js";
import type { Filter, MatchDetails } from "../query/filter.js";
import type { Sort } from "../sort.js";
import type { Collection } from "../storage/collection.js";
import { insertDocument, removeDocument, replaceDocument } from "../storage/document-writer.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import type { Update } from "../update/update.js";
import { PAUSE } from "../turn.js";
import { FirstInOrder } from "./first-in-order.js";
import { prepareInsert } from "./insert-statement.js";
import { type MatchingRecord, MatchingRecords } from "./matching-records.js";
import { NOTHING_DONE, type Statement, type StatementResult } from "./statement.js";

export interface FindAndModifyOptions {
  readonly namespace: string;
  readonly filter: Filter;
  readonly sort: Sort | undefined;
  readonly hint?: string | RawDocument | undefined;
  /** `undefined` removes the document. */
  readonly update: Update | undefined;
  readonly isUpsert: boolean;
  readonly now: Date;
  /** Answered is the document as it is afterwards, not as it was. */
  readonly isNew: boolean;
  /** What is answered of it; it may refuse, and then nothing is written. */
  readonly project: (document: RawDocument, details: MatchDetails) => RawDocument;
}

/** Of what is removed nothing remains. */
const REMOVED = { document: EMPTY_DOCUMENT, isChanged: true };

export class FindAndModifyStatement implements Statement {
  result: StatementResult = NOTHING_DONE;
  /** What is answered of the document; `undefined` where there is none. */
  answer: RawDocument | undefined;
  /** There was such a document. */
  hasFound = false;
  readonly #store: Store;
  readonly #options: FindAndModifyOptions;
  #records: Pick<MatchingRecords, "next"> | undefined;

  constructor(store: Store, options: FindAndModifyOptions) {
    this.#store = store;
    this.#options = options;
  }

  step(transaction: Transaction): boolean {
    const collection = this.#store.catalogue.find(this.#options.namespace);
    if (collection !== undefined) this.#records ??= this.#search(collection);
    const found = this.#records?.next(transaction);
    if (found === PAUSE) return false;
    if (found !== undefined && collection !== undefined)
      this.#modify(transaction, collection, found);
    else if (this.#options.isUpsert) this.#insert(transaction);
    return true;
  }

  #search(collection: Collection): Pick<MatchingRecords, "next"> {
    const { filter, sort, hint } = this.#options;
    const isSorted = choosePlan(collection, { filter, sort, hint }).providesSort;
    if (sort === undefined || isSorted)
      return new MatchingRecords(this.#store, collection, { filter, sort, hint });
    return new FirstInOrder(this.#store, collection, { filter, sort, hint });
  }

  #modify(transaction: Transaction, collection: Collection, found: MatchingRecord): void {
    const { filter, update, now, isNew, project } = this.#options;
    const { record } = found;
    const before = Buffer.from(found.document);
    const details: MatchDetails = {};
    filter.matches(before, details);
    const { document: after, isChanged } = update?.apply(before, { now }, details) ?? REMOVED;
    this.answer = project(isNew ? after : before, details);
    if (update === undefined) removeDocument(transaction, { collection, record, before });
    else if (isChanged) replaceDocument(transaction, { collection, record, before, after });
    this.hasFound = true;
    this.result = { n: 1, modified: 1 };
  }

  #insert(transaction: Transaction): void {
    const { namespace, filter, update, now, isNew, project } = this.#options;
    if (update === undefined) return;
    const document = prepareInsert(update.upsert(filter, { now }, () => new ObjectId()));
    if (isNew) this.answer = project(document, {});
    const collection = this.#store.catalogue.findOrCreate(transaction, namespace);
    insertDocument(transaction, collection, document);
    this.result = { n: 1, modified: 0, upsertedId: idOf(document) };
  }
}

function idOf(document: RawDocument): BsonValue | undefined {
  return getField(document, "_id");
}
