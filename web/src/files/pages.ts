import { ask, type Page } from "../http/api.js";
import type { Entry } from "./entry.js";

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A list of the API. */
export interface Source {
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query: Query;
  /** Whether the API can count it without reading all of it. */
  readonly canCount: boolean;
  /** Makes an entry of an item, if the list has no entries. */
  readonly entryOf?: (item: never) => Entry;
  /** Gives the files of the list, and what else there is, from the end. So the end of a long list is there without all before it. */
  readonly backwards?: Query;
}

/** Rows from `first` to the one before `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** The first page is small, so that it is there at once. */
const FIRST_PAGE = 100;
const NEAR_PAGE = 300;
/** The most that the API allows. */
const FAR_PAGE = 1000;
/** How many rows a list seems to have behind the last one that is known, as long as nobody has counted it. */
const UNCOUNTED = 50;

interface Counted {
  readonly total?: number | null;
}

type Side = "head" | "tail";

/**
 * The pages of a list, read from its beginning and from its end, as far as somebody wants to see them. Cursors lead only from page to
 * page: what is in the middle is read from the nearer end.
 */
export class Pages {
  readonly #source: Source;
  readonly #signal: AbortSignal;
  readonly #onPage: () => void;
  readonly #head: Entry[] = [];
  /** The last row first. */
  readonly #tail: Entry[] = [];
  /** `undefined`: nothing is read yet. `null`: all is read. */
  #headCursor: string | null | undefined;
  #tailCursor: string | null | undefined;
  #total: number | undefined;
  #reading: Promise<void> | undefined;
  #counted: Promise<void> | undefined;

  /** @param onPage - Called whenever more is known. */
  constructor(source: Source, signal: AbortSignal, onPage: () => void) {
    this.#source = source;
    this.#signal = signal;
    this.#onPage = onPage;
  }

  /** Whether the first page is there. */
  get isBegun(): boolean {
    return this.#headCursor !== undefined;
  }

  /** Whether {@link count} is the true number of rows. */
  get isCounted(): boolean {
    return this.#headCursor === null || this.#total !== undefined;
  }

  /** Resolves when the list is counted, if it can be. Reading it has begun. */
  get counted(): Promise<void> {
    return this.#counted ?? Promise.resolve();
  }

  /** How many rows the list has, as far as that is known. */
  get count(): number {
    const { length } = this.#head;
    if (this.#headCursor === null) return length;
    if (this.#total !== undefined) return Math.max(this.#total, length);
    return this.isBegun ? length + UNCOUNTED : 0;
  }

  /** `undefined`: it is not read yet. */
  at(index: number): Entry | undefined {
    return this.#head[index] ?? this.#tail[this.count - 1 - index];
  }

  /** All rows that were read, in order. */
  get read(): readonly Entry[] {
    if (this.#tail.length === 0) return this.#head;
    const met = Math.max(0, this.#head.length + this.#tail.length - this.count);
    return [...this.#head, ...this.#tail.slice(0, this.#tail.length - met).reverse()];
  }

  /** Reads until all wanted rows are there. @throws Problem */
  async load(wanted: () => Range): Promise<void> {
    for (;;) {
      // A cursor is followed once, however many wait for the page.
      while (this.#reading !== undefined) await this.#reading.catch(() => undefined);
      const side = this.#sideOf(wanted());
      if (side === undefined) return;
      this.#reading = this.#read(side, wanted()).finally(() => (this.#reading = undefined));
      await this.#reading;
      this.#onPage();
    }
  }

  /** Which end the missing rows are nearer to; `undefined` if none is missing. */
  #sideOf({ first, end }: Range): Side | undefined {
    if (!this.isBegun) return "head";
    if (this.#headCursor === null) return undefined;
    const from = this.#head.length;
    const until = this.count - this.#tail.length;
    const isMissing = Math.max(first, from) < Math.min(end, until);
    if (!isMissing) return undefined;
    return this.#hasTail && end - from > until - first ? "tail" : "head";
  }

  /** Folders come first in both directions. So the list can be read from its end as soon as all folders are there. */
  get #hasTail(): boolean {
    const isCounted = this.#total !== undefined && this.#source.backwards !== undefined;
    return isCounted && this.#tailCursor !== null && this.#head.at(-1)?.kind === "file";
  }

  /** Shows an entry as it is now, where it was. */
  replace(entry: Entry): void {
    for (const side of [this.#head, this.#tail]) {
      const index = side.findIndex(({ id }) => id === entry.id);
      if (index !== -1) side[index] = entry;
    }
  }

  async #read(side: Side, { first, end }: Range): Promise<void> {
    if (side === "tail") {
      const far = this.count - this.#tail.length - first;
      const page = await this.#ask(this.#source.backwards, this.#tailCursor, pageOf(far));
      this.#tail.push(...page.items.filter(({ kind }) => kind === "file"));
      this.#tailCursor = page.nextCursor;
      return;
    }
    const limit = this.isBegun ? pageOf(end - this.#head.length) : FIRST_PAGE;
    const page = await this.#ask(this.#source.query, this.#headCursor, limit);
    const isFirst = !this.isBegun;
    this.#head.push(...page.items);
    this.#headCursor = page.nextCursor;
    if (isFirst && page.nextCursor !== null && this.#source.canCount)
      this.#counted = this.#countAll();
    if (page.nextCursor === null) this.#tail.length = 0;
  }

  /** Beside the first page, which does not wait for it. */
  async #countAll(): Promise<void> {
    const query = { ...this.#source.query, limit: 1, total: true };
    const { path } = this.#source;
    const details = { query, signal: this.#signal };
    // The list is of use without it.
    const counted = await ask<Counted>("GET", path, details).catch(() => undefined);
    this.#total = counted?.total ?? undefined;
    this.#onPage();
  }

  async #ask(query: Query = {}, cursor: string | null | undefined, limit: number) {
    const { path, entryOf } = this.#source;
    const wanted = { ...query, limit, cursor: cursor ?? undefined };
    const details = { query: wanted, signal: this.#signal };
    const page = await ask<Page<Entry>>("GET", path, details);
    return entryOf === undefined ? page : { ...page, items: (page.items as never[]).map(entryOf) };
  }
}

const pageOf = (missing: number) => (missing > NEAR_PAGE ? FAR_PAGE : NEAR_PAGE);
