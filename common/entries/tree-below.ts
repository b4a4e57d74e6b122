import type { Id } from "../platform/ids.js";
import { type Entry, type Folder, type FolderEntry, MAX_DEPTH } from "./entry.js";
import type { EntriesRepository } from "./repository.js";

/** An entry, and the path of the folder that it is in. */
export interface Reached<E = Entry> {
  readonly entry: E;
  readonly folderPath: string;
}

interface Top {
  readonly entry: Folder;
  /** Where the reader sees the folder. */
  readonly path: string;
}

/**
 * Tells which entries lie in a folder, or anywhere below it, and can be reached from it: all folders between are live. It walks up from
 * each, level by level for many at once, and remembers the folders that it has met. So it is to be used for one request only.
 */
export class TreeBelow {
  readonly #entries: Pick<EntriesRepository, "findLive">;
  readonly #top: Top;
  /** The folders that were met; `null` where there is no such live folder. */
  readonly #folders = new Map<Id, FolderEntry | null>();

  constructor(entries: Pick<EntriesRepository, "findLive">, top: Top) {
    this.#entries = entries;
    this.#top = top;
  }

  /** Those of them that can be reached, in their order. The top itself is not below itself. */
  async reachable<E extends Pick<Entry, "parentId">>(entries: readonly E[]): Promise<Reached<E>[]> {
    await this.#learn(entries.map(({ parentId }) => parentId));
    return entries.flatMap((entry) => {
      const folderPath = this.#pathOf(entry.parentId);
      return folderPath === undefined ? [] : [{ entry, folderPath }];
    });
  }

  async #learn(folderIds: readonly Id[]): Promise<void> {
    let unknown = this.#unknownOf(folderIds);
    for (let level = 0; unknown.length > 0 && level < MAX_DEPTH; level += 1) {
      const found = await Promise.all(unknown.map((id) => this.#findFolder(id)));
      for (const [n, id] of unknown.entries()) this.#folders.set(id, found[n] ?? null);
      unknown = this.#unknownOf(found.flatMap((folder) => folder?.parentId ?? []));
    }
  }

  #unknownOf(folderIds: readonly Id[]): Id[] {
    const isUnknown = (id: Id) => id !== this.#top.entry._id && !this.#folders.has(id);
    return [...new Set(folderIds)].filter(isUnknown);
  }

  async #findFolder(folderId: Id): Promise<FolderEntry | null> {
    const folder = await this.#entries.findLive(this.#top.entry.ownerId, folderId);
    return folder?.kind === "folder" ? folder : null;
  }

  /** @returns `undefined` for a folder that cannot be reached from the top. */
  #pathOf(folderId: Id): string | undefined {
    let path = "";
    let at = folderId;
    for (let level = 0; level <= MAX_DEPTH; level += 1) {
      if (at === this.#top.entry._id) return this.#top.path + path;
      const folder = this.#folders.get(at) ?? null;
      if (folder === null) return undefined;
      path = `/${folder.name}${path}`;
      at = folder.parentId;
    }
    return undefined;
  }
}
