import { ObjectId } from "bson";
import { getField, type RawDocument } from "../bson/document.js";
import type { BsonValue } from "../bson/value.js";
import { CommandError } from "../errors.js";
import { compileFilterSteps, type Filter, type MatchDetails } from "../query/filter.js";
import { insertDocument, replaceDocument } from "../storage/document-writer.js";
import type { Store } from "../storage/store.js";
import type { Transaction } from "../storage/transaction.js";
import { compileUpdate, type Update } from "../update/update.js";
import { Computation, PAUSE, type Steps } from "../turn.js";
import { prepareInsert } from "./insert-statement.js";
import { type MatchingRecord, MatchingRecords } from "./matching-records.js";
import { NOTHING_DONE, type Statement } from "./statement.js";

export interface UpdateOptions {
  readonly namespace: string;
  readonly query: RawDocument;
  readonly update: BsonValue;
  readonly hint?: string | RawDocument | undefined;
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
  readonly now: Date;
}

interface Compiled {
  readonly filter: Filter;
  readonly update: Update;
}

function* compile({ query, update: value, isMulti, isUpsert }: UpdateOptions): Steps<Compiled> {
  const update = compileUpdate(value);
  if (isMulti && update.isReplacement)
    throw new CommandError(
      "FailedToParse",
      "multi update is not supported for replacement-style update",
    );
  const filter = yield* compileFilterSteps(query);
  if (isUpsert) filter.requireUpsertable();
  return { filter, update };
}

export class UpdateStatement implements Statement {
  result = NOTHING_DONE;
  readonly #store: Store;
  readonly #options: UpdateOptions;
  readonly #compiled;
  #records: MatchingRecords | undefined;

  constructor(store: Store, options: UpdateOptions) {
    this.#store = store;
    this.#options = options;
    this.#compiled = new Computation(compile(options));
  }

  step(transaction: Transaction): boolean {
    const { namespace, hint, isMulti, isUpsert } = this.#options;
    const compiled = this.#compiled.result(transaction);
    if (compiled === PAUSE) return false;
    const { filter, update } = compiled;
    const collection = this.#store.catalogue.find(namespace);
    if (collection !== undefined)
      this.#records ??= new MatchingRecords(this.#store, collection, { filter, hint });
    for (;;) {
      const next = this.#records?.next(transaction);
      if (next === PAUSE) return false;
      if (next === undefined) break;
      this.#change(transaction, next, compiled);
      if (!isMulti) return true;
    }
    if (isUpsert && this.result.n === 0) this.#insert(transaction, filter, update);
    return true;
  }

  #change(transaction: Transaction, matched: MatchingRecord, { filter, update }: Compiled): void {
    const { namespace, now } = this.#options;
    const { record, document: before } = matched;
    const details: MatchDetails = {};
    filter.matches(before, details);
    const { document: after, isChanged } = update.apply(before, { now }, details);
    if (isChanged) {
      const collection = this.#store.catalogue.get(namespace);
      replaceDocument(transaction, { collection, record, before, after });
    }
    const { n, modified } = this.result;
    this.result = { n: n + 1, modified: modified + (isChanged ? 1 : 0) };
  }

  #insert(transaction: Transaction, filter: Filter, update: Update): void {
    const { namespace, now } = this.#options;
    const document = update.upsert(filter, { now }, () => new ObjectId());
    const prepared = prepareInsert(document);
    const collection = this.#store.catalogue.findOrCreate(transaction, namespace);
    insertDocument(transaction, collection, prepared);
    this.result = { n: 1, modified: 0, upsertedId: getField(prepared, "_id") };
  }
}
