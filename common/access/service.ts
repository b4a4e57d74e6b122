import type { Entry, FileEntry, Folder, RootFolder } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Actor, Right, Scope } from "./actor.js";
import { InsufficientScopeError } from "./errors.js";
import { giveEntry, givePlace, type Granted, type Place } from "./grants.js";

const SCOPE_FOR: Record<Right, Scope> = {
  read: "files:read",
  write: "files:write",
  delete: "files:delete",
  share: "links:write",
};

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLive" | "foldersAbove">;
}

/**
 * Gives out entries and places to actors that have a right to them. Only here is it decided who may do what with whose entries;
 * everything else takes what was given out. What an actor may not know of does not exist for it.
 *
 * @throws {@link InsufficientScopeError} from every method, when the credential lacks the scope of the right.
 * @throws {@link NotFoundError} from every method, when there is no such entry, or the actor may not know that there is.
 */
export class Access {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A live file. */
  async file<R extends Right>(actor: Actor, fileId: Id, right: R): Promise<Granted<FileEntry, R>> {
    requireScope(actor, right);
    const entry = await this.#deps.entries.findLive(actor.home.ownerId, fileId);
    if (entry?.kind !== "file" || !(await this.#isWithinReach(actor, entry))) {
      throw new NotFoundError("file");
    }
    return giveEntry({ entry, right, actorId: actor.id });
  }

  /** A live folder. The alias `root` is the topmost folder that the actor may reach. */
  async folder<R extends Right>(actor: Actor, folderId: Id, right: R): Promise<Granted<Folder, R>> {
    requireScope(actor, right);
    return giveEntry({ entry: await this.#findFolder(actor, folderId), right, actorId: actor.id });
  }

  /** A live folder to put something into; `root` as for {@link folder}. The root of the home needs no query. */
  async place(actor: Actor, folderId: Id): Promise<Place> {
    requireScope(actor, "write");
    const { ownerId, _id } = await this.#findFolder(actor, folderId);
    const { limitBytes } = actor.home;
    return givePlace({ ownerId, folderId: _id, actorId: actor.id, limitBytes });
  }

  async #findFolder(actor: Actor, folderId: Id): Promise<Folder> {
    const { home, rootFolderId } = actor;
    const id = folderId === "root" ? (rootFolderId ?? home.rootFolderId) : folderId;
    const folder =
      id === home.rootFolderId ? rootOf(home) : await this.#deps.entries.findLive(home.ownerId, id);
    if (folder?.kind !== "folder" || !(await this.#isWithinReach(actor, folder))) {
      throw new NotFoundError("folder");
    }
    return folder;
  }

  /** Whether the credential has no root folder, or the entry is that folder or lies below it. */
  async #isWithinReach({ rootFolderId }: Actor, entry: Entry | RootFolder): Promise<boolean> {
    if (rootFolderId === null || entry._id === rootFolderId) return true;
    if (entry.parentId === null) return false;
    const above = await this.#deps.entries.foldersAbove(entry);
    return above.some(({ _id }) => _id === rootFolderId);
  }
}

function rootOf({ ownerId, rootFolderId }: Actor["home"]): RootFolder {
  return { kind: "folder", _id: rootFolderId, ownerId, parentId: null };
}

function requireScope({ scopes }: Actor, right: Right): void {
  if (!scopes.has(SCOPE_FOR[right])) throw new InsufficientScopeError(SCOPE_FOR[right]);
}
