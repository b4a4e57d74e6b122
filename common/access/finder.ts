import type { Entry, Folder, FolderEntry, MountEntry, RootFolder } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { Id } from "../platform/ids.js";
import type { ShareRole } from "../shares/share.js";
import type { SharedEntries, SharedEntry } from "../shares/given-entries.js";
import { type Actor, homeOf } from "./actor.js";
import type { Granted } from "./grants.js";

export interface FinderDeps {
  readonly entries: Pick<EntriesRepository, "findLive" | "foldersAbove">;
  /** What accounts have shared with each other. Missing: nothing. */
  readonly shared?: Pick<SharedEntries, "find">;
}

/** What has a place in a tree. */
export type Located = Pick<Entry, "_id" | "ownerId" | "parentId" | "name"> | RootFolder;

/** Where an entry lies; see {@link Granted}. */
type Lies = Pick<Granted, "above" | "path">;

/** An entry that an actor reaches. */
export interface Reached<E extends Entry | RootFolder = Entry> extends Lies {
  readonly entry: E;
  /** The namespace that it lies in. */
  readonly home: Actor["home"];
  /** What a share lets the actor do; `null` where it needs none. */
  readonly role: ShareRole | null;
  /** The username of who shares it; missing where it needs no share. */
  readonly ownerName?: string;
  /** Whether it is the topmost entry that the actor reaches there. */
  readonly isTopmost: boolean;
}

/** Finds what an actor reaches: in its own namespace, and by what was shared with its account. */
export class EntryFinder {
  readonly #deps: FinderDeps;

  constructor(deps: FinderDeps) {
    this.#deps = deps;
  }

  /** Resolves to `undefined` where there is no such entry, or the actor may not know that there is. */
  async entry(actor: Actor, id: Id): Promise<Reached | undefined> {
    const { home } = actor;
    const entry = await this.#deps.entries.findLive(home.ownerId, id);
    if (entry === null) return this.#shared(actor, id);
    // A link shows none.
    if (entry.kind === "mount" && actor.kind === "link") return undefined;
    const lies = await this.locate(actor, entry);
    return lies && { entry, home, role: null, isTopmost: isTopmost(actor, entry), ...lies };
  }

  /**
   * What a mount leads to, as the actor reaches it by a share; `undefined` where none leads there. So nobody reaches what is its own, and
   * neither does a link.
   */
  async target(actor: Actor, { target }: Pick<MountEntry, "target">): Promise<Reached | undefined> {
    if (target.ownerId === null) return undefined;
    const found = await this.#shared(actor, target.entryId, target.ownerId);
    return found?.entry.kind === target.kind ? found : undefined;
  }

  /** As {@link EntryFinder.entry}. The alias `root` is the topmost folder that the actor reaches in its own namespace. */
  async folder(actor: Actor, folderId: Id): Promise<Reached<Folder> | undefined> {
    const { home, rootFolderId } = actor;
    const id = folderId === "root" ? (rootFolderId ?? home.rootFolderId) : folderId;
    if (id !== home.rootFolderId) {
      const found = await this.entry(actor, id);
      return found !== undefined && isOfFolder(found) ? found : undefined;
    }
    const entry = rootOf(home);
    const lies = await this.locate(actor, entry);
    return lies && { entry, home, role: null, isTopmost: true, ...lies };
  }

  /** Where an actor sees an entry; `undefined` where it cannot reach it. */
  async pathOf(actor: Actor, entry: Located): Promise<string | undefined> {
    if (entry.ownerId === actor.home.ownerId) return (await this.locate(actor, entry))?.path;
    if (entry.parentId === null) return undefined;
    const folder = await this.#shared(actor, entry.parentId);
    if (folder !== undefined) return `${folder.path}/${entry.name}`;
    return (await this.#shared(actor, entry._id))?.path;
  }

  /** Where an entry of the actor's namespace lies; `undefined` where a folder above it is deleted, or the credential may not go there. */
  async locate(actor: Actor, entry: Located): Promise<Lies | undefined> {
    const { ownerId, parentId } = entry;
    if (parentId === null) return isTopmost(actor, entry) ? { above: [], path: "" } : undefined;
    const { rootFolderId } = actor.home;
    const above = await this.#deps.entries.foldersAbove({ ownerId, parentId }, rootFolderId);
    if (above === null) return undefined;
    const way = [entry, ...above, { _id: rootFolderId, name: "" }];
    const topmost = way.findIndex((step) => isTopmost(actor, step));
    return topmost === -1 ? undefined : { above, path: pathBelow(way, topmost) };
  }

  /** A credential that may not leave a folder leaves it for no share either. */
  async #shared(actor: Actor, id: Id, ownerId?: Id): Promise<Reached | undefined> {
    if (actor.kind !== "account" || actor.rootFolderId !== null) return undefined;
    const found = await this.#deps.shared?.find(actor.id, id, ownerId);
    return found && reachedByShare(found);
  }
}

function reachedByShare({ entry, owner, above, topmostId, role }: SharedEntry): Reached {
  const way = [entry, ...above];
  const topmost = way.findIndex(({ _id }) => _id === topmostId);
  return {
    ...{ entry, above, role, path: pathBelow(way, topmost), isTopmost: topmost === 0 },
    ...{ home: homeOf(owner), ownerName: owner.username },
  };
}

/** The names of a way up, from below its topmost step. */
const pathBelow = (way: readonly { readonly name?: string }[], topmost: number): string =>
  way
    .slice(0, topmost)
    .map(({ name }) => `/${name ?? ""}`)
    .reverse()
    .join("");

/** A folder and all above it, nearest first, without the root. */
export const chainOf = ({
  entry,
  above,
}: Pick<Reached<Folder>, "entry" | "above">): readonly FolderEntry[] =>
  entry.parentId === null ? [] : [entry, ...above];

export const isOfFolder = (reached: Reached): reached is Reached<FolderEntry> =>
  reached.entry.kind === "folder";

/** Whether an entry is the topmost one that the actor may reach in its own namespace. */
export const isTopmost = ({ rootFolderId, home }: Actor, { _id }: Pick<Folder, "_id">) =>
  _id === (rootFolderId ?? home.rootFolderId);

function rootOf({ ownerId, rootFolderId }: Actor["home"]): RootFolder {
  return { kind: "folder", _id: rootFolderId, ownerId, parentId: null };
}
