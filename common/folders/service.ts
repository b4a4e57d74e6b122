import type { Granted, Place } from "../access/grants.js";
import {
  type Entry,
  type Folder,
  type FolderEntry,
  MAX_DEPTH,
  newFolderEntry,
} from "../entries/entry.js";
import { FolderTooDeepError, NameTakenError } from "../entries/errors.js";
import type { EntryListing, EntryPage, EntryQuery } from "../entries/listing.js";
import { copiedMetadata } from "../entries/metadata.js";
import { parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { TreeRepository } from "../entries/tree-repository.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";

interface Deps {
  readonly entries: Pick<
    EntriesRepository,
    "find" | "findFreeName" | "foldersAbove" | "insert" | "markPurging"
  >;
  readonly tree: Pick<TreeRepository, "raiseHeights">;
  readonly listing: EntryListing;
  readonly now: () => Date;
}

/** The copy that a folder is to become. */
export interface FolderCopy {
  /** By which the copy is made once, however often it is tried. */
  readonly id: Id;
  readonly name: string;
  /** What happens when the name is taken. */
  readonly onConflict: "rename" | "fail";
  readonly original: FolderEntry;
}

/** What can be done with folders. */
export class Folders {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes an empty folder. Done again with the same id, it finds the folder that it has made, also when that was deleted since.
   *
   * @param id - Default: a new one.
   * @throws InvalidNameError
   * @throws NameTakenError when a file or folder of the place has the name.
   * @throws FolderTooDeepError
   * @throws NotFoundError when the place was deleted meanwhile.
   */
  async create(place: Place, givenName: string, id = newId()): Promise<FolderEntry> {
    const { name } = parseName(givenName);
    const [folder] = await this.createInside(place, [name], id);
    if (folder !== undefined) return folder;
    const made = await this.#deps.entries.find(place.ownerId, id);
    if (made?.kind !== "folder") throw new NameTakenError(name);
    return made;
  }

  /**
   * Makes empty folders, each inside the one before.
   *
   * @returns Those that were made: fewer where something else had the name of the next one. That may be so for the first only, unless
   * another process works there at the same time.
   * @param topmostId - The id of the first one. Default: a new one.
   * @throws InvalidNameError
   * @throws FolderTooDeepError, NotFoundError as {@link create}; then nobody can reach what was made.
   */
  async createInside(
    place: Place,
    givenNames: readonly string[],
    topmostId = newId(),
  ): Promise<FolderEntry[]> {
    const { entries, tree, now } = this.#deps;
    const names = givenNames.map(parseName);
    const levels = names.length;
    await tree.raiseHeights(await this.#foldersAbove(place, levels), levels);
    const { ownerId, actorId } = place;
    const made: FolderEntry[] = [];
    for (const name of names) {
      const last = made.at(-1);
      const ids = { _id: last ? newId() : topmostId, parentId: last?._id ?? place.folderId };
      const folder = newFolderEntry({ ...ids, ownerId, actorId, ...name }, now());
      folder.height = levels - made.length - 1;
      if (!(await entries.insert(folder))) break;
      made.push(folder);
    }
    const [topmost] = made;
    if (topmost !== undefined) await this.#checkReachable(place, { topmost, levels });
    return made;
  }

  /**
   * Makes an empty folder that has what its owner says about another one. Done again with the same id, it finds the folder that it has made.
   *
   * @throws As {@link create}; {@link NameTakenError} only where the copy may not be renamed. {@link NotFoundError} also when the copy was
   * deleted since it was made.
   */
  async createCopy(
    place: Place,
    { id: _id, name: givenName, onConflict, original }: FolderCopy,
  ): Promise<FolderEntry> {
    const { entries, tree, now } = this.#deps;
    const wanted = parseName(givenName);
    await tree.raiseHeights(await this.#foldersAbove(place, 1), 1);
    const { ownerId, actorId, folderId: parentId } = place;
    const about = { _id, ownerId, actorId, parentId, ...copiedMetadata(original) };
    for (let name = wanted; ;) {
      const folder = newFolderEntry({ ...about, ...name }, now());
      folder.modifiedAt = original.modifiedAt;
      if (await entries.insert(folder)) {
        await this.#checkReachable(place, { topmost: folder, levels: 1 });
        return folder;
      }
      const made = await entries.find(ownerId, _id);
      if (made !== null) return standing(made);
      if (onConflict === "fail") throw new NameTakenError(name.name);
      name = await entries.findFreeName({ ownerId, parentId }, wanted);
    }
  }

  /** @throws InvalidCursorError */
  children({ entry }: Granted<Folder, "read">, query: EntryQuery): Promise<EntryPage> {
    return this.#deps.listing.children({ ownerId: entry.ownerId, parentId: entry._id }, query);
  }

  /** The place and the folders above it, as they are now. @throws FolderTooDeepError when so many more would be too deep. */
  async #foldersAbove({ ownerId, folderId: parentId, rootFolderId }: Place, levels: number) {
    const above = await this.#deps.entries.foldersAbove({ ownerId, parentId }, rootFolderId);
    if (above === null) throw new NotFoundError("folder");
    if (above.length + levels > MAX_DEPTH) throw new FolderTooDeepError();
    return above;
  }

  /** The place may have been deleted, or moved deeper, since it was given out: then nobody could reach the new folders. */
  async #checkReachable(
    place: Place,
    { topmost, levels }: { readonly topmost: FolderEntry; readonly levels: number },
  ): Promise<void> {
    try {
      await this.#foldersAbove(place, levels);
    } catch (error) {
      const isRefused = error instanceof NotFoundError || error instanceof FolderTooDeepError;
      if (isRefused) await this.#deps.entries.markPurging(topmost, this.#deps.now());
      throw error;
    }
  }
}

function standing(made: Entry): FolderEntry {
  if (made.kind !== "folder" || made.isTrashed) throw new NotFoundError("folder");
  return made;
}
