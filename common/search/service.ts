import type { Granted } from "../access/grants.js";
import type { Entry, Folder } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { positionOf, type Sort, sortOf, valueTypeOf } from "../entries/sort-order.js";
import { type Reached, TreeBelow } from "../entries/tree-below.js";
import { decodeCursor, encodeCursor, type Position } from "../platform/cursor.js";
import type { Id } from "../platform/ids.js";
import { type Condition, conditionsOf, inFolders, namePartOf } from "./conditions.js";
import type { ContentSearch, WantedWords } from "./contents.js";
import type { SearchQuery } from "./query.js";
import type { SearchRepository, Wanted } from "./repository.js";

/** How much one page reads. */
export interface SearchLimits {
  /** How many entries that meet a condition are few, before it is known how many stand close together in the order. */
  readonly fewEntries: number;
  /** How many entries one page reads, before it ends with what it has. */
  readonly readEntries: number;
  /** How many entries are read at once. */
  readonly atOnce: number;
  /** Up to so many folders are looked into one by one. */
  readonly folders: number;
}

const LIMITS: SearchLimits = { fewEntries: 500, readEntries: 5000, atOnce: 1000, folders: 100 };

interface Deps {
  readonly search: SearchRepository;
  readonly entries: Pick<EntriesRepository, "findLive">;
  readonly contents: Pick<ContentSearch, "wanted" | "few" | "having" | "served">;
  /** Default: 500 entries are few, 5,000 entries a page, 1,000 at once, 100 folders. */
  readonly limits?: SearchLimits;
}

export interface SearchPage {
  readonly items: readonly Reached[];
  /** `null` when all was found. */
  readonly nextCursor: string | null;
  /** `null` when more entries would have to be read to know. */
  readonly total?: number | null;
}

/** One search, in one folder and below it. */
interface Search extends Wanted {
  readonly sort: Sort;
  readonly part: string | undefined;
  /** What is asked of contents. */
  readonly words: WantedWords | undefined;
  readonly tree: TreeBelow;
  /** The condition that few entries meet, if there is one. */
  readonly rare: Condition | undefined;
  /** Whether that condition is about the words of contents. If not, the words are looked up for each entry. */
  readonly isRareByWords: boolean;
  /** Up to how many entries were counted to find that out. */
  readonly counted: number;
}

/** A search whose conditions are not counted yet. */
type Prepared = Omit<Search, "rare" | "isRareByWords" | "counted">;

/** A stretch of the entries that meet the conditions. */
interface Stretch {
  readonly entries: readonly Entry[];
  /** Where the search goes on; `undefined` when all was found. */
  readonly next: Position | undefined;
  readonly readEntries: number;
}

/**
 * Finds files and folders of one owner.
 *
 * A page reads a bounded number of entries. Where few entries meet one of the conditions, these are read and sorted, so that all are found
 * at once. Where many meet each of them, the search walks along the order, and finds enough soon as a rule. If not, the page is short,
 * and its cursor leads on. Both find the same entries in the same order.
 */
export class FileSearch {
  readonly #deps: Deps;
  readonly #limits: SearchLimits;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? LIMITS;
  }

  /**
   * What lies in a folder, or anywhere below it, and meets all that the query asks for.
   *
   * @throws InvalidCursorError
   * @throws ContentSearchOffError where contents are asked for that are not searched.
   */
  async find(top: Granted<Folder, "read">, query: SearchQuery): Promise<SearchPage> {
    const { cursor, limit, ...asked } = query;
    const sort = sortOf(query.sort);
    const order = ["search", top.entry._id, { ...asked, total: undefined }];
    const after = cursor === undefined ? undefined : decodeCursor(order, valueTypeOf(sort), cursor);
    const search = await this.#prepare(top, query, sort);
    const { items, next } = await this.#page(search, after, limit);
    return {
      items,
      nextCursor: next === undefined ? null : encodeCursor(order, next),
      ...(query.total && { total: await this.#count(search) }),
    };
  }

  async #prepare(top: Granted<Folder>, query: SearchQuery, sort: Sort): Promise<Search> {
    const { ownerId } = top.entry;
    const within = await this.#foldersBelow(top.entry);
    const conditions = [
      ...conditionsOf(ownerId, query),
      ...(within === undefined ? [] : [inFolders(within)]),
    ];
    const tree = new TreeBelow(this.#deps.entries, top);
    const words = this.#deps.contents.wanted(ownerId, query.content);
    const search = { ownerId, conditions, sort, part: namePartOf(query), words, tree };
    const { fewEntries, readEntries } = this.#limits;
    return this.#withRarest(search, query.total ? readEntries : fewEntries);
  }

  /** A folder and all below it; `undefined` where there are too many of them, and for the root, below which everything lies. */
  async #foldersBelow({ _id, ownerId, parentId }: Folder): Promise<Id[] | undefined> {
    if (parentId === null) return undefined;
    const all = [_id];
    let level = [_id];
    while (level.length > 0) {
      const missing = this.#limits.folders + 1 - all.length;
      const folders = await this.#deps.search.foldersIn(ownerId, level, missing);
      level = folders.map((folder) => folder._id);
      all.push(...level);
      if (all.length > this.#limits.folders) return undefined;
    }
    return all;
  }

  /** @param most - How many entries meet a rare condition at most. */
  async #withRarest(search: Prepared, most: number): Promise<Search> {
    const indexed = search.conditions.filter(({ index }) => index !== undefined);
    const counts = await Promise.all(
      indexed.map((one) => this.#deps.search.count(search.ownerId, one, most + 1)),
    );
    const least = Math.min(...counts);
    const few = search.words && (await this.#deps.contents.few(search.words, most));
    const isRareByWords = few !== undefined && few.count <= least;
    const isRare = least <= most;
    const rare = isRareByWords
      ? few.condition
      : isRare
        ? indexed[counts.indexOf(least)]
        : undefined;
    return { ...search, rare, isRareByWords, counted: most };
  }

  /** Counting costs as much as reading. So count further only when the first step of a walk has not filled the page. */
  async #countedOn(search: Search): Promise<Search> {
    const { readEntries } = this.#limits;
    const isOver = search.rare !== undefined || search.counted >= readEntries;
    return isOver ? search : this.#withRarest(search, readEntries);
  }

  async #page(prepared: Search, from: Position | undefined, limit: number) {
    let search = prepared;
    const items: Reached[] = [];
    let after = from;
    let readEntries = 0;
    while (readEntries <= this.#limits.readEntries) {
      const wanted = limit + 1 - items.length;
      // What was found so far says how many of those that are read can be shown.
      const atOnce = items.length === 0 && readEntries > 0 ? this.#limits.atOnce : wanted;
      const stretch = await this.#read(search, after, Math.min(atOnce, this.#limits.atOnce));
      items.push(...(await this.#shown(search, stretch.entries)));
      readEntries += stretch.readEntries;
      const last = items[limit - 1];
      if (last !== undefined && items.length > limit)
        return { items: items.slice(0, limit), next: positionOf(search.sort, last.entry) };
      if (stretch.next === undefined) return { items, next: undefined };
      after = stretch.next;
      search = await this.#countedOn(search);
    }
    return { items, next: after };
  }

  async #read(search: Search, after: Position | undefined, atOnce: number): Promise<Stretch> {
    const { sort, rare } = search;
    const stretch = { sort, after, limit: atOnce };
    if (rare !== undefined) {
      const entries = await this.#deps.search.findAmong(search, rare, stretch);
      return { entries, next: nextOf(sort, entries, atOnce), readEntries: entries.length };
    }
    const until = await this.#deps.search.skip(search.ownerId, {
      ...stretch,
      limit: this.#limits.atOnce,
    });
    const entries = await this.#deps.search.walk(search, stretch, until);
    const next = nextOf(sort, entries, atOnce) ?? until;
    return { entries, next, readEntries: this.#limits.atOnce };
  }

  /** Those that have the part of the name that is asked for, and the words, and can be reached. */
  async #shown(search: Search, entries: readonly Entry[]): Promise<Reached[]> {
    const { part, words, isRareByWords, tree } = search;
    const named = part === undefined ? entries : entries.filter(hasPart(part));
    if (words === undefined) return tree.reachable(named);
    const { contents } = this.#deps;
    const having = isRareByWords ? named : await contents.having(words, named);
    return tree.reachable(await contents.served(words, having));
  }

  async #count(search: Search): Promise<number | null> {
    const { sort, rare } = search;
    if (rare === undefined) return null;
    let count = 0;
    let after: Position | undefined;
    do {
      const stretch = { sort, after, limit: this.#limits.atOnce };
      const items = await this.#deps.search.findAmong(search, rare, stretch);
      count += (await this.#shown(search, items)).length;
      after = nextOf(sort, items, this.#limits.atOnce);
    } while (after !== undefined);
    return count;
  }
}

const hasPart =
  (part: string) =>
  ({ nameFolded }: Entry) =>
    nameFolded.includes(part);

/** Where it goes on after a full stretch. */
function nextOf(sort: Sort, items: readonly Entry[], limit: number): Position | undefined {
  const last = items.at(-1);
  return last === undefined || items.length < limit ? undefined : positionOf(sort, last);
}
