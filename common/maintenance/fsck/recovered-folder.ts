import { type FileEntry, newFileEntry, newFolderEntry } from "../../entries/entry.js";
import type { Entry } from "../../entries/entry.js";
import { parseName } from "../../entries/name.js";
import type { EntriesRepository } from "../../entries/repository.js";
import type { TreeRepository } from "../../entries/tree-repository.js";
import { derivedId, type Id, newId } from "../../platform/ids.js";
import { shownBy, type VersionDoc } from "../../versions/version.js";
import type { FsckEntriesRepository } from "./entries-repository.js";

const NAME = "Recovered";

interface Deps {
  readonly documents: Pick<FsckEntriesRepository, "findRoot">;
  readonly entries: Pick<EntriesRepository, "find" | "findFreeName" | "insert">;
  readonly tree: Pick<TreeRepository, "move">;
  readonly now: () => Date;
}

/** The folder `Recovered` at the top of an account's namespace: there its owner finds what had lost its place. */
export class RecoveredFolder {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Moves an entry there. Nobody could reach it before. @returns `false` when it was changed meanwhile, or its account is gone. */
  async take(entry: Entry): Promise<boolean> {
    const { entries, tree } = this.#deps;
    const parentId = await this.#find(entry.ownerId);
    if (parentId === null) return false;
    const { name } = entry;
    for (let free = name; ;) {
      const outcome = await tree.move(entry, { parentId, name: free });
      if (outcome !== "taken") return outcome === "moved";
      const folder = { ownerId: entry.ownerId, parentId };
      free = (await entries.findFreeName(folder, parseName(name))).name;
    }
  }

  /** Makes the file again that a version belonged to. @returns `false` when somebody else has, or its account is gone. */
  async restore(version: VersionDoc): Promise<boolean> {
    const { ownerId, actorId, fileId, uploadId, type } = version;
    const parentId = await this.#find(ownerId);
    if (parentId === null || version.state === "staged") return false;
    const name = parseName(`recovered-${fileId}`);
    const ids = { _id: fileId, ownerId, actorId, parentId, createdByUploadId: uploadId };
    const file: FileEntry = {
      ...newFileEntry({ ...ids, ...name }, version),
      ...shownBy(version),
      ...{ type, state: version.state },
    };
    return this.#deps.entries.insert(file);
  }

  /** Finds or makes it. `null` where the account is gone. */
  async #find(ownerId: Id): Promise<Id | null> {
    const { documents, entries, now } = this.#deps;
    const rootId = await documents.findRoot(ownerId);
    if (rootId === null) return null;
    const known = derivedId(ownerId, NAME);
    const found = await entries.find(ownerId, known);
    const isUsable = found?.isTrashed === false && found.parentId === rootId;
    if (isUsable) return known;
    const ids = { _id: found === null ? known : newId(), ownerId, actorId: ownerId };
    for (let name = parseName(NAME); ;) {
      const folder = newFolderEntry({ ...ids, parentId: rootId, ...name }, now());
      if (await entries.insert(folder)) return folder._id;
      if ((await entries.find(ownerId, folder._id)) !== null) return folder._id;
      name = await entries.findFreeName({ ownerId, parentId: rootId }, parseName(NAME));
    }
  }
}
