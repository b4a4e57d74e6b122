import type { Collection, Db, Filter, IndexDescription } from "mongodb";
import type { Entry, FolderEntry } from "../entries/entry.js";
import {
  afterPosition,
  positionOf,
  type Sort,
  sortDocument,
  untilPosition,
} from "../entries/sort-order.js";
import type { Position } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import type { Condition } from "./conditions.js";

const LIVE = { isTrashed: false } as const;
const live = { partialFilterExpression: LIVE };

/** By words and parts of names, and by what owners say; and all entries of an owner in each order. */
export const searchIndexes: readonly IndexDescription[] = [
  { key: { nameTerms: 1 }, ...live },
  {
    key: { ownerId: 1, type: 1 },
    partialFilterExpression: { ...LIVE, type: { $gt: "" } },
  },
  {
    key: { tagTerms: 1 },
    partialFilterExpression: { ...LIVE, tagTerms: { $exists: true } },
  },
  {
    key: { ownerId: 1, isFavourite: 1 },
    partialFilterExpression: { ...LIVE, isFavourite: true },
  },
  { key: { ownerId: 1, nameSort: 1, _id: 1 }, ...live },
  { key: { ownerId: 1, sizeBytes: 1, _id: 1 }, ...live },
  { key: { ownerId: 1, createdAt: 1, _id: 1 }, ...live },
  { key: { ownerId: 1, modifiedAt: 1, _id: 1 }, ...live },
];

/** What to find of an owner. */
export interface Wanted {
  readonly ownerId: Id;
  readonly conditions: readonly Condition[];
}

/** A stretch of an order. */
interface Stretch {
  readonly sort: Sort;
  readonly after: Position | undefined;
  readonly limit: number;
}

/** These are many, and nobody reads them. */
const PROJECTION = { nameTerms: 0, tagTerms: 0 } as const;

/** Finds entries of one owner. Every query names the owner and an index. */
export class SearchRepository {
  readonly #entries: Collection<Entry>;

  constructor(db: Db) {
    this.#entries = db.collection("entries");
  }

  /** How many live entries meet one condition; counting stops at `most`. */
  count(ownerId: Id, { filter, index }: Condition, most: number): Promise<number> {
    const options = { limit: most, ...(index !== undefined && { hint: index }) };
    return this.#entries.countDocuments({ $and: [{ ownerId, ...LIVE }, filter] }, options);
  }

  /** The entries in order that meet all conditions, and one that is rare: those that meet it are read and sorted. */
  findAmong({ ownerId, conditions }: Wanted, rare: Condition, stretch: Stretch) {
    const { sort, after, limit } = stretch;
    // Of an index over arrays, the first condition decides how much of it is read.
    const all = [rare, ...conditions, ...(after ? [since(sort, after)] : [])];
    return this.#entries
      .find(filterOf(ownerId, all), {
        sort: sortDocument(sort),
        limit,
        projection: PROJECTION,
        ...(rare.index !== undefined && { hint: rare.index }),
        ...singleBatch(limit),
      })
      .toArray();
  }

  /** Where a walk along an order is after so many live entries, whatever they are; `undefined` when there are fewer. */
  async skip(ownerId: Id, { sort, after, limit }: Stretch): Promise<Position | undefined> {
    const filter = filterOf(ownerId, after ? [since(sort, after)] : []);
    const [entry] = await this.#entries
      .find(filter, {
        sort: sortDocument(sort),
        skip: limit - 1,
        limit: 1,
        projection: { [sort.field]: 1 },
        hint: orderIndex(sort),
      })
      .toArray();
    return entry === undefined ? undefined : positionOf(sort, entry);
  }

  /** The entries in order that meet all conditions, found by a walk along the order up to a position. */
  walk({ ownerId, conditions }: Wanted, stretch: Stretch, until: Position | undefined) {
    const { sort, after, limit } = stretch;
    const bounds = [
      ...(after ? [since(sort, after)] : []),
      ...(until ? [{ filter: untilPosition(sort, until) as Filter<Entry> }] : []),
    ];
    return this.#entries
      .find(filterOf(ownerId, [...bounds, ...conditions]), {
        sort: sortDocument(sort),
        limit,
        projection: PROJECTION,
        hint: orderIndex(sort),
        ...singleBatch(limit),
      })
      .toArray();
  }

  /** The live folders that lie directly in some folders. */
  foldersIn(ownerId: Id, folderIds: readonly Id[], limit: number): Promise<FolderEntry[]> {
    return this.#entries
      .find<FolderEntry>(
        { ownerId, parentId: { $in: [...folderIds] }, kind: "folder", ...LIVE },
        { limit, ...singleBatch(limit), projection: { _id: 1 } },
      )
      .toArray();
  }
}

const filterOf = (ownerId: Id, conditions: readonly Pick<Condition, "filter">[]) =>
  ({ $and: [{ ownerId, ...LIVE }, ...conditions.map(({ filter }) => filter)] }) as Filter<Entry>;

const since = (sort: Sort, after: Position) => ({
  filter: afterPosition(sort, after) as Filter<Entry>,
});

const orderIndex = ({ field }: Sort) => ({ ownerId: 1, [field]: 1, _id: 1 }) as const;

/** Without a size, a batch ends after 101 documents. */
const singleBatch = (limit: number) => ({ singleBatch: true, batchSize: limit });
