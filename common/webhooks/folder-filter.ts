import type { EntriesRepository } from "../entries/repository.js";
import { MAX_DEPTH } from "../entries/entry.js";
import type { EventDoc } from "../events/event.js";
import type { Id } from "../platform/ids.js";

interface Deps {
  readonly entries: Pick<EntriesRepository, "find">;
  readonly accounts: { findById(id: Id): Promise<{ readonly rootFolderId: Id } | undefined> };
}

/** Where a folder is; `null` where it is not known any more. */
type Parent = Id | null;

/**
 * Tells which events are about a folder or what lies below it: where the entry is after the event, or was before it. It looks the folders up as they are
 * when it is asked, in the trash or not, and remembers them. So it is to be used for one run only.
 *
 * A folder that was removed for good cannot be looked up any more. An event from there counts: rather one too many than one too few.
 */
export class FolderFilter {
  readonly #deps: Deps;
  readonly #ownerId: Id;
  readonly #parents = new Map<Id, Parent>();
  #rootFolderId: Promise<Id | undefined> | undefined;

  constructor(deps: Deps, ownerId: Id) {
    this.#deps = deps;
    this.#ownerId = ownerId;
  }

  /** Events that are about no entry are in no folder. */
  async includes(folderId: Id, { entry, from }: EventDoc): Promise<boolean> {
    if (entry === undefined) return false;
    if (entry.id === folderId) return true;
    const parentId = entry.folderId ?? (await this.#parentOf(entry.id));
    if (parentId === null || (await this.#isBelow(parentId, folderId))) return true;
    return from !== undefined && this.#isBelow(from.folderId, folderId);
  }

  async #isBelow(startId: Id, folderId: Id): Promise<boolean> {
    this.#rootFolderId ??= this.#deps.accounts
      .findById(this.#ownerId)
      .then((account) => account?.rootFolderId);
    const rootFolderId = await this.#rootFolderId;
    let id: Parent = startId;
    for (let level = 0; level <= MAX_DEPTH && id !== null; level += 1) {
      if (id === folderId) return true;
      if (id === rootFolderId) return false;
      id = await this.#parentOf(id);
    }
    return id === null;
  }

  async #parentOf(id: Id): Promise<Parent> {
    const known = this.#parents.get(id);
    if (known !== undefined) return known;
    const found = await this.#deps.entries.find(this.#ownerId, id);
    const parentId = found?.parentId ?? null;
    this.#parents.set(id, parentId);
    return parentId;
  }
}
