import { EMPTY_DOCUMENT, getField, isEmptyDocument, type RawDocument } from "../bson/document.js";
import {
  type DocumentSource,
  LimitedDocuments,
  MatchingDocuments,
  SortedDocuments,
} from "../cursors/document-source.js";
import { CommandError } from "../errors.js";
import type { MemoryShare } from "../memory-budget.js";
import { choosePlan, type Plan } from "../planner/plan.js";
import { compileFilterSteps, type Filter } from "../query/filter.js";
import { compileSort, type Sort } from "../sort.js";
import type { Store } from "../storage/store.js";
import type { Steps } from "../turn.js";

/** What find, count, distinct, aggregate and explain ask of a collection. */
export interface Query {
  readonly filter: Filter;
  readonly sort?: Sort | undefined;
  readonly skip?: number | undefined;
  /** `undefined` is no limit. */
  readonly limit?: number | undefined;
  readonly hint?: string | RawDocument | undefined;
  /** Pays for a sort that no index does. */
  readonly memory?: MemoryShare | undefined;
  /** Empty documents will do. */
  readonly isCountOnly?: boolean | undefined;
}

/** A query on its way. */
export interface QueryRun {
  readonly source: DocumentSource;
  readonly plan: Plan;
  /** The part that looks at keys and documents; `undefined` when there is no such collection. */
  readonly matching: MatchingDocuments | undefined;
}

const NO_DOCUMENTS: DocumentSource = {
  isAtEnd: true,
  next: () => undefined,
  release: () => undefined,
};

export function runQuery(store: Store, namespace: string, query: Query): QueryRun {
  const collection = store.catalogue.find(namespace);
  const plan = choosePlan(collection, query);
  if (collection === undefined) return { source: NO_DOCUMENTS, plan, matching: undefined };
  const { filter, isCountOnly } = query;
  const matching = new MatchingDocuments({ store, collection, plan, filter, isCountOnly });
  return { source: shape(matching, plan, query), plan, matching };
}

function shape(
  matching: MatchingDocuments,
  plan: Plan,
  { sort, skip = 0, limit, memory }: Query,
): DocumentSource {
  const isSorted = sort === undefined || plan.providesSort;
  const needed = limit === undefined ? undefined : skip + limit;
  const ordered = isSorted
    ? matching
    : new SortedDocuments(matching, sort, { limit: needed, memory });
  if (skip === 0 && limit === undefined) return ordered;
  return new LimitedDocuments(ordered, { skip, limit });
}

export function readFilter(filter: RawDocument | undefined): Steps<Filter> {
  return compileFilterSteps(filter ?? EMPTY_DOCUMENT);
}

/** `undefined` for no sort, and for an empty one. `{ $natural: ±1 }` is a hint, see {@link readHint}. */
export function readSort(sort: RawDocument | undefined): Sort | undefined {
  if (sort === undefined || isEmptyDocument(sort) || naturalOrder(sort) !== undefined)
    return undefined;
  return compileSort(sort);
}

/**
 * The hint, which a sort in the order of insertion or its reverse is as well.
 * @throws CommandError BadValue (2) when there are both.
 */
export function readHint({
  hint,
  sort,
}: {
  readonly hint?: string | RawDocument | undefined;
  readonly sort?: RawDocument | undefined;
}): string | RawDocument | undefined {
  const order = naturalOrder(sort);
  if (hint !== undefined && order !== undefined)
    throw new CommandError("BadValue", "A sort by $natural leaves nothing to a hint");
  return hint ?? order;
}

function naturalOrder(sort: RawDocument | undefined): RawDocument | undefined {
  return sort !== undefined && getField(sort, "$natural") !== undefined ? sort : undefined;
}
