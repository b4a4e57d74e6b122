import type { Collection, Db, Filter } from "mongodb";
import { decodeCursor, pageOf } from "../platform/cursor.js";
import { InvalidCursorError } from "../platform/errors.js";
import type { Entry, FileEntry } from "./entry.js";
import { fold, sortKeyPrefix } from "./folding.js";
import {
  afterPosition,
  compareBy,
  positionOf,
  type Sort,
  sortDocument,
  sortOf,
  startingWith,
  valueTypeOf,
} from "./sort-order.js";

export const SORT_ORDERS = ["-date", "date", "name", "-name", "size", "-size"] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

/** Which entries of a folder to list. */
export interface EntryQuery {
  /** At most so many items, 1 to 1,000. */
  readonly limit: number;
  /** Whether to count all that match. */
  readonly total: boolean;
  readonly sort: SortOrder;
  readonly cursor?: string | undefined;
  /** How the name begins, ignoring letter case and accents. */
  readonly name?: string | undefined;
  /** Whether all folders come before all mounts, and those before all files, each in the order of `sort`. Default: not. */
  readonly foldersFirst?: boolean | undefined;
  /** Whether mounts are left out. Default: not. */
  readonly withoutMounts?: boolean | undefined;
  /** `image/png`, or `image/*` for a whole family, as detected. Only files have one. */
  readonly type?: string | undefined;
}

export interface EntryPage<E extends Entry = Entry> {
  readonly items: readonly E[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
  readonly total?: number;
}

type FolderKey = Pick<Entry, "ownerId" | "parentId">;

/** In the order of a list with the folders first. */
const KINDS = ["folder", "mount", "file"] as const satisfies Entry["kind"][];

/** By what entries are found; nobody reads them. */
const PROJECTION = { nameTerms: 0, tagTerms: 0 } as const;

/** Lists what is in a folder: each page is one bounded walk for each kind, along the index of the sort order. */
export class EntryListing {
  readonly #entries: Collection<Entry>;
  readonly #files: Collection<FileEntry>;

  constructor(db: Db) {
    this.#entries = db.collection("entries");
    this.#files = db.collection("entries");
  }

  /** The files of a folder alone. @throws InvalidCursorError */
  files(folder: FolderKey, query: EntryQuery): Promise<EntryPage<FileEntry>> {
    return page({ folder, query, kinds: ["file"] }, this.#files);
  }

  /** All that is in a folder in one order. @throws InvalidCursorError */
  children(folder: FolderKey, query: EntryQuery): Promise<EntryPage> {
    const all = KINDS.filter((kind) => kind !== "mount" || query.withoutMounts !== true);
    const kinds = query.type === undefined ? all : (["file"] as const);
    const list = { folder, query, kinds };
    return kinds.length > 1 && query.foldersFirst === true
      ? pageByKind(list, this.#entries)
      : page(list, this.#entries);
  }
}

interface List {
  readonly folder: FolderKey;
  readonly query: EntryQuery;
  readonly kinds: readonly Entry["kind"][];
}

async function page<E extends Entry>(list: List, entries: Collection<E>): Promise<EntryPage<E>> {
  const { query, kinds } = list;
  const { limit, cursor } = query;
  const sort = sortOf(query.sort);
  const order = orderOf(list);
  const after =
    cursor === undefined ? {} : afterPosition(sort, decodeCursor(order, valueTypeOf(sort), cursor));
  const walks = kinds.map((kind) => walk(list, entries, { kind, after, limit: limit + 1 }));
  const isBefore = (a: E, b: E) => sort.direction * compareBy(sort, a, b) < 0;
  const found = (await Promise.all(walks)).reduce((one, other) => merged(one, other, isBefore));
  return {
    ...pageOf(found, { limit, list: order, positionOf: (entry) => positionOf(sort, entry) }),
    ...(await totalOf(list, entries)),
  };
}

/** {@link page} with the folders first. A cursor tells by the list that it is bound to which kind it is among. */
async function pageByKind(list: List, entries: Collection<Entry>): Promise<EntryPage> {
  const { query, kinds } = list;
  const { limit, cursor } = query;
  const sort = sortOf(query.sort);
  const among = (kind: Entry["kind"]) => [...orderOf(list), `${kind} of folders first`];
  const start = cursor === undefined ? undefined : startOf(cursor, sort, { kinds, among });
  const found: Entry[] = [];
  for (const kind of start === undefined ? kinds : kinds.slice(kinds.indexOf(start.kind))) {
    const missing = limit + 1 - found.length;
    const after = kind === start?.kind ? start.after : {};
    if (missing > 0) found.push(...(await walk(list, entries, { kind, after, limit: missing })));
  }
  const last = found[limit - 1]?.kind ?? "folder";
  return {
    ...pageOf(found, { limit, list: among(last), positionOf: (entry) => positionOf(sort, entry) }),
    ...(await totalOf(list, entries)),
  };
}

/** Where a page that has folders first begins. @throws InvalidCursorError */
function startOf(cursor: string, sort: Sort, { kinds, among }: Kinds) {
  for (const kind of kinds) {
    try {
      const position = decodeCursor(among(kind), valueTypeOf(sort), cursor);
      return { kind, after: afterPosition(sort, position) };
    } catch (error) {
      if (!(error instanceof InvalidCursorError)) throw error;
    }
  }
  throw new InvalidCursorError();
}

interface Kinds {
  readonly kinds: readonly Entry["kind"][];
  /** What a cursor among entries of a kind is bound to. */
  readonly among: (kind: Entry["kind"]) => unknown;
}

/** Everything that decides which entries a list has, and in which order. */
const orderOf = ({ kinds, query }: List) => [
  kinds,
  query.sort,
  query.name ?? null,
  query.type ?? null,
];

interface Walk {
  readonly kind: Entry["kind"];
  /** The condition of what comes behind the page before. */
  readonly after: object;
  readonly limit: number;
}

/** The next entries of one kind. */
function walk<E extends Entry>(
  list: List,
  entries: Collection<E>,
  { kind, after, limit }: Walk,
): Promise<E[]> {
  return entries
    .find({ $and: [{ ...filterOf(list), kind }, after] } as Filter<E>, {
      sort: sortDocument(sortOf(list.query.sort)),
      projection: PROJECTION,
      limit,
      singleBatch: true,
      batchSize: limit,
    })
    .toArray() as Promise<E[]>;
}

async function totalOf<E extends Entry>(list: List, entries: Collection<E>) {
  if (!list.query.total) return {};
  return { total: await entries.countDocuments(filterOf(list) as Filter<E>) };
}

/** Two sorted lists as one. */
function merged<E>(first: readonly E[], second: readonly E[], isBefore: (a: E, b: E) => boolean) {
  const all: E[] = [];
  let at = 0;
  for (const entry of first) {
    for (let next = second[at]; next !== undefined && isBefore(next, entry); next = second[at]) {
      all.push(next);
      at += 1;
    }
    all.push(entry);
  }
  return [...all, ...second.slice(at)];
}

function filterOf({ folder, kinds, query: { name, type } }: List) {
  return {
    ownerId: folder.ownerId,
    parentId: folder.parentId,
    kind: { $in: kinds },
    isTrashed: false,
    ...(name !== undefined && beginningWith(fold(name))),
    ...(type !== undefined && {
      type: type.endsWith("/*") ? startingWith(type.slice(0, -1)) : type,
    }),
  };
}

/** The sort key bounds the index, as far as it is certain; the folded name decides. */
const beginningWith = (folded: string) => ({
  nameFolded: startingWith(folded),
  nameSort: startingWith(sortKeyPrefix(folded)),
});
