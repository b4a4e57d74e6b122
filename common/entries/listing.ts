import { type Collection, type Db, type Filter, Long } from "mongodb";
import { decodeCursor, encodeCursor, type Position } from "./cursor.js";
import type { Entry, FileEntry } from "./entry.js";
import { sortKey } from "./name.js";

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
  /** `image/png`, or `image/*` for a whole family, as detected. Folders have no type. */
  readonly type?: string | undefined;
}

export interface EntryPage<E extends Entry = Entry> {
  readonly items: readonly E[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
  readonly total?: number;
}

type FolderKey = Pick<Entry, "ownerId" | "parentId">;
type SortField = "createdAt" | "nameSort" | "sizeBytes";

const SORT_FIELDS = { date: "createdAt", name: "nameSort", size: "sizeBytes" } as const;

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

  /** The files and folders of a folder in one order. @throws InvalidCursorError */
  children(folder: FolderKey, query: EntryQuery): Promise<EntryPage> {
    const kinds = query.type === undefined ? (["file", "folder"] as const) : (["file"] as const);
    return page({ folder, query, kinds }, this.#entries);
  }
}

interface List {
  readonly folder: FolderKey;
  readonly query: EntryQuery;
  readonly kinds: readonly Entry["kind"][];
}

async function page<E extends Entry>(list: List, entries: Collection<E>): Promise<EntryPage<E>> {
  const { query, kinds } = list;
  const { limit, sort, cursor, type = null } = query;
  const { field, direction } = sortOf(sort);
  const order = [kinds, sort, query.name ?? null, type];
  const matching = filterOf(list);
  const after =
    cursor === undefined
      ? {}
      : afterPosition(field, direction, decodeCursor(order, valueTypeOf(field), cursor));
  const walk = (kind: Entry["kind"]) =>
    entries
      .find({ $and: [{ ...matching, kind }, after] } as Filter<E>, {
        sort: { [field]: direction, _id: direction },
        limit: limit + 1,
        singleBatch: true,
        batchSize: limit + 1,
      })
      .toArray() as Promise<E[]>;
  const [first = [], second = []] = await Promise.all(kinds.map(walk));
  const found = merged(first, second, (a, b) => direction * compare(field, a, b) < 0);
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last === undefined ? null : encodeCursor(order, positionOf(field, last)),
    ...(query.total && { total: await entries.countDocuments(matching as Filter<E>) }),
  };
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

/** MongoDB compares texts by their bytes in UTF-8; JavaScript does not. */
function compare(field: SortField, a: Entry, b: Entry): number {
  const order =
    field === "nameSort"
      ? Buffer.compare(Buffer.from(a.nameSort), Buffer.from(b.nameSort))
      : Number(a[field]) - Number(b[field]);
  return order === 0 ? (a._id < b._id ? -1 : 1) : order;
}

function sortOf(sort: SortOrder): { field: SortField; direction: 1 | -1 } {
  const name = sort.replace("-", "") as keyof typeof SORT_FIELDS;
  return { field: SORT_FIELDS[name], direction: sort.startsWith("-") ? -1 : 1 };
}

function filterOf({ folder, kinds, query: { name, type } }: List) {
  return {
    ownerId: folder.ownerId,
    parentId: folder.parentId,
    kind: { $in: kinds },
    isTrashed: false,
    ...(name !== undefined && { nameSort: startingWith(sortKey(name)) }),
    ...(type !== undefined && {
      type: type.endsWith("/*") ? startingWith(type.slice(0, -1)) : type,
    }),
  };
}

/** More of Unicode's last code point, four bytes long, than any name or type has room for. */
const LAST_TEXT = "\u{10ffff}".repeat(64);

/** Every text that begins so lies between the two. */
const startingWith = (prefix: string) => ({ $gte: prefix, $lt: prefix + LAST_TEXT });

/** The equal values are bounded by the index too, so that no page walks over those before it. */
function afterPosition(field: SortField, direction: 1 | -1, { value, id }: Position) {
  const [from, after] = direction === 1 ? (["$gte", "$gt"] as const) : (["$lte", "$lt"] as const);
  const stored = storedValue(field, value);
  return {
    $and: [
      { [field]: { [from]: stored } },
      {
        $or: [{ [field]: { [after]: stored } }, { [field]: stored, _id: { [after]: id } }],
      },
    ],
  };
}

const valueTypeOf = (field: SortField) => (field === "nameSort" ? "string" : "number");

function storedValue(field: SortField, value: string | number): unknown {
  if (field === "createdAt") return new Date(Number(value));
  return field === "sizeBytes" ? Long.fromNumber(Number(value)) : value;
}

function positionOf(field: SortField, entry: Entry): Position {
  const value = field === "nameSort" ? entry.nameSort : Number(entry[field]);
  return { value, id: entry._id };
}
