import type {
  Entry,
  FileEntry,
  Folder,
  FolderEntry,
  MountEntry,
  StoredEntry,
} from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import { type Actor, isWholeAccount, type Right } from "./actor.js";
import { RootFolderError } from "./errors.js";
import { placeOfFound } from "./file-place.js";
import { EntryFinder, type FinderDeps, isTopmost, type Located, type Reached } from "./finder.js";
import {
  giveEntry,
  giveHome,
  givePlace,
  type Granted,
  type Home,
  isStored,
  type MountedEntry,
  type Place,
} from "./grants.js";
import { endOf, type Path, PathWalks } from "./path-walk.js";
import { give, placeOf, requireScope } from "./rights.js";

interface Deps extends FinderDeps {
  readonly entries: Pick<EntriesRepository, "findLive" | "findLiveByName" | "foldersAbove">;
}

/** How far a path goes. */
export interface Reach {
  /** The last folder of it that exists. */
  readonly place: Place;
  /** The names that are left; empty where the whole path exists. */
  readonly rest: readonly string[];
  /** Whether something that is no folder has the next name. */
  readonly isBlocked: boolean;
}

/**
 * Gives out entries and places to actors that have a right to them. Only here is it decided who may do what with whose entries;
 * everything else takes what was given out. What an actor may not know of does not exist for it.
 *
 * @throws {@link InsufficientScopeError} from every method, when the credential lacks the scope of the right.
 * @throws {@link InsufficientRoleError} from every method, when the entry is shared with the actor in a role that lacks the right.
 * @throws {@link NotFoundError} from every method, when there is no such entry, or the actor may not know that there is.
 */
export class Access {
  readonly #deps: Deps;
  readonly #finder: EntryFinder;
  readonly #walks: PathWalks;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#finder = new EntryFinder(deps);
    this.#walks = new PathWalks({ ...deps, finder: this.#finder });
  }

  /** A file that can be reached. */
  async file<R extends Right>(actor: Actor, fileId: Id, right: R): Promise<Granted<FileEntry, R>> {
    requireScope(actor, right);
    const found = await this.#finder.entry(actor, fileId);
    if (found?.entry.kind !== "file") throw new NotFoundError("file");
    return give(actor, { ...found, entry: found.entry }, right);
  }

  /** A folder that can be reached. The alias `root` is the topmost folder that the actor may reach. */
  async folder<R extends Right>(actor: Actor, folderId: Id, right: R): Promise<Granted<Folder, R>> {
    requireScope(actor, right);
    return give(actor, await this.#findFolder(actor, folderId), right);
  }

  /** A file or folder. */
  async entry<R extends Right>(actor: Actor, id: Id, right: R): Promise<Granted<StoredEntry, R>> {
    const granted = await this.anyEntry(actor, id, right);
    if (!isStored(granted)) throw new NotFoundError("file");
    return granted;
  }

  /** A file, a folder or a mount. */
  async anyEntry<R extends Right>(actor: Actor, id: Id, right: R): Promise<Granted<Entry, R>> {
    requireScope(actor, right);
    const found = await this.#finder.entry(actor, id);
    if (found === undefined) throw new NotFoundError("file");
    return give(actor, found, right);
  }

  /** A mount itself. */
  async mount<R extends Right>(actor: Actor, id: Id, right: R): Promise<Granted<MountEntry, R>> {
    requireScope(actor, right);
    const found = await this.#finder.entry(actor, id);
    if (found?.entry.kind !== "mount") throw new NotFoundError("mount");
    return give(actor, { ...found, entry: found.entry }, right);
  }

  /** What a mount leads to; `null` where no share leads there, or not for this actor. Several at once are asked for together. */
  async mounted(actor: Actor, mount: MountEntry): Promise<MountedEntry | null> {
    const found = await this.#finder.target(actor, mount);
    if (found === undefined) return null;
    const { entry, role, ownerName } = found;
    const isByShare = role !== null && ownerName !== undefined;
    return isByShare && entry.kind !== "mount" ? { entry, role, ownerName } : null;
  }

  /**
   * The file or folder at a path, which begins at the topmost folder that the actor may reach. Mounts are followed.
   *
   * @param names - At least one, as `parseNames` returns them.
   * @throws RootFolderError without a name.
   */
  async entryAt<R extends Right>(
    actor: Actor,
    names: readonly string[],
    right: R,
  ): Promise<Granted<StoredEntry, R>> {
    const granted = await this.#at(actor, { names, isLastFollowed: true }, right);
    if (!isStored(granted)) throw new NotFoundError("file or folder");
    return granted;
  }

  /** As {@link entryAt}, but what has the last name itself: where that is a mount, not what it leads to. */
  async nameAt<R extends Right>(
    actor: Actor,
    names: readonly string[],
    right: R,
  ): Promise<Granted<Entry, R>> {
    return this.#at(actor, { names, isLastFollowed: false }, right);
  }

  async #at<R extends Right>(
    actor: Actor,
    path: Omit<Path, "folderId">,
    right: R,
  ): Promise<Granted<Entry, R>> {
    requireScope(actor, right);
    if (path.names.length === 0) throw new RootFolderError();
    const walk = await this.#walks.follow(actor, { folderId: "root", ...path });
    const found = endOf(walk);
    if (found === undefined) throw new NotFoundError("file or folder");
    return give(actor, found, right);
  }

  /**
   * How far a path below a folder goes. Mounts are followed.
   *
   * @param folderId - Where it begins; `root` as for {@link folder}.
   * @param names - Any number, as `parseNames` returns them.
   */
  async reach(actor: Actor, folderId: Id, names: readonly string[]): Promise<Reach> {
    requireScope(actor, "write");
    const path = { folderId, names, isLastFollowed: true };
    const { folder, holder, rest } = await this.#walks.follow(actor, path);
    return { place: placeOf(actor, folder), rest, isBlocked: holder !== null };
  }

  /** The last of some folders, of which the first lies in a place, and each other one in the one before it. */
  within(place: Place, folders: readonly FolderEntry[]): Place {
    return folders.reduce((outer, folder) => {
      const isInside = folder.ownerId === outer.ownerId && folder.parentId === outer.folderId;
      if (!isInside) throw new NotFoundError("folder");
      const above = [folder, ...outer.above];
      return givePlace({
        ...outer,
        folderId: folder._id,
        above,
        path: `${outer.path}/${folder.name}`,
      });
    }, place);
  }

  /** The namespace that the actor starts in. */
  home<R extends Right>(actor: Actor, right: R): Home<R> {
    requireScope(actor, right);
    const { home, id: actorId, rootFolderId } = actor;
    const reachesAccount = isWholeAccount(actor);
    return giveHome({ ownerId: home.ownerId, actorId, right, rootFolderId, reachesAccount });
  }

  /**
   * A folder to be changed, deleted or copied.
   *
   * @throws RootFolderError for the topmost folder that the actor may reach of its own.
   */
  async subfolder<R extends Right>(
    actor: Actor,
    folderId: Id,
    right: R,
  ): Promise<Granted<FolderEntry, R>> {
    requireScope(actor, right);
    const found = await this.#findFolder(actor, folderId);
    const { entry } = found;
    const isFixed = found.isTopmost && found.role === null;
    if (entry.parentId === null || isFixed) throw new RootFolderError();
    return give(actor, { ...found, entry }, right);
  }

  /**
   * What lies in the trash, as it was found there. A credential that may not leave a folder reaches what was deleted in it, as long as
   * the folder that held it can be reached.
   */
  async trashed<E extends Entry, R extends Right>(
    actor: Actor,
    entry: E,
    right: R,
  ): Promise<Granted<E, R>> {
    requireScope(actor, right);
    const lies = await this.#finder.locate(actor, entry);
    const isEverywhere = isTopmost(actor, { _id: actor.home.rootFolderId });
    if (lies === undefined && !isEverywhere) throw new NotFoundError("item");
    return giveEntry({ entry, right, actorId: actor.id, ...(lies ?? { above: [], path: "" }) });
  }

  /** A folder to put something into; `root` as for {@link folder}. The root of the home needs no query. */
  async place(actor: Actor, folderId: Id): Promise<Place> {
    requireScope(actor, "write");
    return placeOf(actor, await this.#findFolder(actor, folderId));
  }

  /**
   * Where a file goes that is to be stored under a name of a place: there, or, where a mount of a file has it, as the next version of that file.
   *
   * @param name - As `parseName` returns it.
   */
  async placeOfName(actor: Actor, place: Place, name: string): Promise<Place> {
    const { ownerId, folderId: parentId } = place;
    const holder = await this.#deps.entries.findLiveByName({ ownerId, parentId }, name);
    if (holder?.kind !== "mount" || holder.target.kind !== "file") return place;
    return placeOfFound(actor, await this.#finder.target(actor, holder));
  }

  /** The folder of a file, for the next version of that file and nothing else: an actor may reach the file alone. */
  async placeOfFile(actor: Actor, fileId: Id): Promise<Place> {
    requireScope(actor, "write");
    return placeOfFound(actor, await this.#finder.entry(actor, fileId));
  }

  /** Where an actor sees an entry, as {@link Granted.path}; `null` where it cannot reach it. */
  async pathOf(actor: Actor, entry: Located): Promise<string | null> {
    return (await this.#finder.pathOf(actor, entry)) ?? null;
  }

  async #findFolder(actor: Actor, folderId: Id): Promise<Reached<Folder>> {
    const found = await this.#finder.folder(actor, folderId);
    if (found === undefined) throw new NotFoundError("folder");
    return found;
  }
}
