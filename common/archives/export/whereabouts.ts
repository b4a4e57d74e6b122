import { type Entry, MAX_DEPTH } from "../../entries/entry.js";
import type { Id } from "../../platform/ids.js";
import type { ExportRepository } from "../export-repository.js";

interface Deps {
  readonly entries: Pick<ExportRepository, "listEntries">;
  readonly ownerId: Id;
  readonly rootFolderId: Id;
  /** What was deleted at that instant or before is gone; `null` for nothing. */
  readonly trashEmptiedAt: Date | null;
}

/** Where an entry is, or was when it was deleted. */
export interface Whereabout {
  readonly path: string;
  readonly isTrashed: boolean;
}

/** Tells where entries are. It remembers the folders that it has met, so it is to be used for one page only. */
export class Whereabouts {
  readonly #deps: Deps;
  readonly #known = new Map<Id, Entry>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Finds entries by their ids. @param ids - At most some hundreds. @returns Those that can be reached, or lie in the trash. */
  async find(ids: readonly Id[]): Promise<Map<Id, Whereabout & { readonly entry: Entry }>> {
    await this.#learn(ids);
    const found = new Map<Id, Whereabout & { readonly entry: Entry }>();
    for (const id of ids) {
      const entry = this.#known.get(id);
      const where = entry && this.#locate(entry);
      if (entry !== undefined && where !== undefined) found.set(id, { ...where, entry });
    }
    return found;
  }

  /** Level by level: one query for each. */
  async #learn(ids: readonly Id[]): Promise<void> {
    const { entries, ownerId, rootFolderId } = this.#deps;
    let unknown = [...new Set(ids)];
    for (let level = 0; unknown.length > 0 && level <= MAX_DEPTH; level += 1) {
      const found = await entries.listEntries(ownerId, unknown);
      for (const entry of found) this.#known.set(entry._id, entry);
      const parents = found.filter(({ isTrashed }) => !isTrashed).map(({ parentId }) => parentId);
      unknown = [...new Set(parents)].filter((id) => id !== rootFolderId && !this.#known.has(id));
    }
  }

  #locate(entry: Entry): Whereabout | undefined {
    const names: string[] = [];
    let at: Entry | undefined = entry;
    for (let level = 0; at !== undefined && level <= MAX_DEPTH; level += 1) {
      names.unshift(at.name);
      if (at.isTrashed) return this.#locateTrashed(at, names);
      if (at.parentId === this.#deps.rootFolderId) return { path: pathOf(names), isTrashed: false };
      at = this.#known.get(at.parentId);
    }
    return undefined;
  }

  #locateTrashed({ trash, purgingSince }: Entry, names: readonly string[]): Whereabout | undefined {
    const { trashEmptiedAt } = this.#deps;
    const isGone =
      trash === null || purgingSince !== null || trash.at <= (trashEmptiedAt ?? new Date(0));
    return isGone ? undefined : { path: pathOf([...trash.path, ...names]), isTrashed: true };
  }
}

const pathOf = (names: readonly string[]) => `/${names.join("/")}`;
