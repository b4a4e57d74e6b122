import { type Granted, isOwn, type Place, requireSameOwner } from "../access/grants.js";
import type { Actor } from "../access/actor.js";
import { type MountEntry, newMountEntry, type StoredEntry } from "../entries/entry.js";
import { NameTakenError } from "../entries/errors.js";
import { copiedMetadata } from "../entries/metadata.js";
import { type EntryName, parseName } from "../entries/name.js";
import type { EntriesRepository } from "../entries/repository.js";
import { InvalidRequestError, NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";

interface Deps {
  readonly entries: Pick<
    EntriesRepository,
    "find" | "findFreeName" | "foldersAbove" | "insert" | "markPurging"
  >;
  readonly now: () => Date;
}

interface NewMount {
  /** What it leads to. */
  readonly target: Granted<StoredEntry, "read">;
  /** Default: the name of the target. */
  readonly name?: string | undefined;
  /** By which it is made once, however often it is tried. Default: a new one. */
  readonly id?: Id;
}

interface MountCopy {
  /** By which the copy is made once, however often it is tried. */
  readonly id: Id;
  readonly original: MountEntry;
}

/** Makes mounts. They are listed, changed, moved and deleted as all entries. */
export class Mounts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Mounts what another account has shared at a place of one's own. Done again with the same id, it finds the mount that it has made.
   *
   * @throws OtherOwnerError when the place belongs to another account.
   * @throws InvalidRequestError when the target is one's own.
   * @throws InvalidNameError
   * @throws NameTakenError when something of the place has the name.
   * @throws NotFoundError when the place was deleted meanwhile, or the mount since it was made.
   */
  async create(actor: Actor, place: Place, { target, name, id = newId() }: NewMount) {
    requireSameOwner({ entry: place }, actor.home, "A mount lies in a folder of your own");
    const { ownerId, _id: entryId, kind } = target.entry;
    if (isOwn(actor, target.entry)) {
      const detail =
        "entryId must be that of a file or folder that another account shares with you";
      throw new InvalidRequestError([{ in: "body", pointer: "/entryId", detail }]);
    }
    const wanted = parseName(name ?? target.entry.name);
    const mount = this.#newMount(place, wanted, { _id: id, target: { ownerId, entryId, kind } });
    if (await this.#insert(place, mount)) return mount;
    const made = await this.#findMade(place, id);
    if (made === null) throw new NameTakenError(wanted.name);
    return made;
  }

  /**
   * Makes a mount of the same target, under the same name or a numbered one. Done again with the same id, it finds the mount that it has made.
   *
   * @throws NotFoundError when the place was deleted meanwhile, or the mount since it was made.
   */
  async createCopy(place: Place, { id: _id, original }: MountCopy): Promise<MountEntry> {
    const wanted = parseName(original.name);
    const about = { _id, target: original.target, ...copiedMetadata(original) };
    for (let name = wanted; ;) {
      const mount = this.#newMount(place, name, about);
      if (await this.#insert(place, mount)) return mount;
      const made = await this.#findMade(place, _id);
      if (made !== null) return made;
      name = await this.#deps.entries.findFreeName(mount, wanted);
    }
  }

  #newMount(
    { ownerId, actorId, folderId: parentId }: Place,
    name: EntryName,
    about: Pick<MountEntry, "_id" | "target">,
  ): MountEntry {
    return newMountEntry({ ...about, ownerId, actorId, parentId, ...name }, this.#deps.now());
  }

  /** @returns `false` when the name is taken, or the id by an earlier try. */
  async #insert({ rootFolderId }: Place, mount: MountEntry): Promise<boolean> {
    const { entries, now } = this.#deps;
    if (!(await entries.insert(mount))) return false;
    // The place may have been deleted since it was given out: then nobody could reach the mount.
    if ((await entries.foldersAbove(mount, rootFolderId)) !== null) return true;
    await entries.markPurging(mount, now());
    throw new NotFoundError("folder");
  }

  /** @returns `null` when there was no earlier try. */
  async #findMade({ ownerId }: Place, id: Id): Promise<MountEntry | null> {
    const made = await this.#deps.entries.find(ownerId, id);
    if (made === null) return null;
    if (made.kind !== "mount" || made.isTrashed) throw new NotFoundError("mount");
    return made;
  }
}
