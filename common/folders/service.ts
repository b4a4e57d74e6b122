import { Long } from "mongodb";
import type { Granted, Place } from "../access/grants.js";
import { type Folder, type FolderEntry, MAX_DEPTH } from "../entries/entry.js";
import { FolderTooDeepError, NameTakenError } from "../entries/errors.js";
import type { EntryListing, EntryPage, EntryQuery } from "../entries/listing.js";
import { parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { newId } from "../platform/ids.js";

interface Deps {
  readonly entries: Pick<EntriesRepository, "foldersAbove" | "insert">;
  readonly listing: EntryListing;
  readonly now: () => Date;
}

/** What can be done with folders. */
export class Folders {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Makes an empty folder.
   *
   * @throws InvalidNameError
   * @throws NameTakenError when a file or folder of the place has the name.
   * @throws FolderTooDeepError
   */
  async create(place: Place, givenName: string): Promise<FolderEntry> {
    const name = parseName(givenName);
    await this.#refuseTooDeep(place);
    const at = this.#deps.now();
    const folder: FolderEntry = {
      _id: newId(),
      kind: "folder",
      ownerId: place.ownerId,
      actorId: place.actorId,
      parentId: place.folderId,
      ...name,
      sizeBytes: Long.ZERO,
      createdAt: at,
      updatedAt: at,
      isTrashed: false,
      purgingSince: null,
      revision: 0,
    };
    if (!(await this.#deps.entries.insert(folder))) throw new NameTakenError(name.name);
    return folder;
  }

  /** @throws InvalidCursorError */
  children({ entry }: Granted<Folder, "read">, query: EntryQuery): Promise<EntryPage> {
    return this.#deps.listing.children({ ownerId: entry.ownerId, parentId: entry._id }, query);
  }

  async #refuseTooDeep({ ownerId, folderId: parentId }: Place): Promise<void> {
    const above = await this.#deps.entries.foldersAbove({ ownerId, parentId });
    if (above.length >= MAX_DEPTH) throw new FolderTooDeepError();
  }
}
