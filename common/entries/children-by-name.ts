import type { Id } from "../platform/ids.js";
import type { Entry } from "./entry.js";

interface FolderKey {
  readonly ownerId: Id;
  readonly parentId: Id;
}

/** Lists folders in the order of names. */
export interface NameOrder {
  /** The live entries of a folder behind a `nameKey`, in the order of theirs. */
  listByName(folder: FolderKey, after: string | null, limit: number): Promise<Entry[]>;
}

interface Options {
  readonly tree: NameOrder;
  readonly folder: FolderKey;
  /** Behind which `nameKey` it begins; `null` for the first. */
  readonly after: string | null;
  /** How many entries one query returns. They are in memory until they are asked for. */
  readonly entriesPerQuery: number;
}

/**
 * The live entries of a folder, one after the other, in the order of names. Another process can continue behind {@link after}. No name is met
 * twice, also while entries come, go and are renamed.
 */
export class ChildrenByName {
  readonly #options: Options;
  #after: string | null;
  /** What was queried already. */
  #ahead: Entry[] = [];
  #isAtEnd = false;

  constructor(options: Options) {
    this.#options = options;
    this.#after = options.after;
  }

  /** The `nameKey` of the last entry that was returned. */
  get after(): string | null {
    return this.#after;
  }

  /** @returns `undefined` behind the last one. */
  async next(): Promise<Entry | undefined> {
    const { tree, folder, entriesPerQuery } = this.#options;
    if (this.#ahead.length === 0 && !this.#isAtEnd) {
      this.#ahead = await tree.listByName(folder, this.#after, entriesPerQuery);
      this.#isAtEnd = this.#ahead.length < entriesPerQuery;
    }
    const entry = this.#ahead.shift();
    if (entry !== undefined) this.#after = entry.nameKey;
    return entry;
  }
}
