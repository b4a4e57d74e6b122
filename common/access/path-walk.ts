import type { Entry, FileEntry, Folder, FolderEntry, MountEntry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Actor } from "./actor.js";
import { chainOf, type EntryFinder, isOfFolder, type Reached } from "./finder.js";

/** How often what a path leads through may change while it is followed. */
const MOST_WALKS = 10;

/** A path below a folder. */
export interface Path {
  /** Where it begins; `root` for the topmost folder that the actor reaches in its own namespace. */
  readonly folderId: Id;
  /** As `parseNames` returns them. */
  readonly names: readonly string[];
  /** Whether a mount that has the last name is followed. One that has another name always is. */
  readonly isLastFollowed: boolean;
}

/** How far a path goes. */
export interface Walk {
  /** The last folder of it that exists. */
  readonly folder: Reached<Folder>;
  /** What has the next name and is no folder; `null` where nothing has it, or no name is left. Where a mount of a file is followed: the file. */
  readonly holder: Reached<FileEntry | MountEntry> | null;
  /** The names that do not lead to the folder. The first is that of the holder. */
  readonly rest: readonly string[];
}

/** What has the last name of a path; `undefined` where nothing has it. */
export function endOf({ folder, holder, rest }: Walk): Reached | undefined {
  if (holder !== null) return rest.length === 1 ? holder : undefined;
  const { entry } = folder;
  return rest.length === 0 && entry.parentId !== null ? { ...folder, entry } : undefined;
}

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLive" | "findLiveByName">;
  readonly finder: EntryFinder;
}

/**
 * Follows names down from a folder, with one query for each, and one more that looks at all folders again.
 *
 * Somebody may move them meanwhile. Then the walk may have been in a folder that was elsewhere by that time, and lead to what never had
 * this path. A folder that has the same revision before and after was where it is all the time. So all of the path was true at the
 * moment of the last name.
 *
 * At a mount, the walk continues in its target, if a share lets the actor reach that. What a share gives has no revision. So
 * the shares are asked for once more when the last name was read, and all of the path is looked at after that: it was true, and was shared, at the
 * moment of the second question.
 */
export class PathWalks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws NotFoundError where the folder cannot be reached, or what a mount of the path leads to. */
  async follow(actor: Actor, path: Path): Promise<Walk> {
    for (let walks = 0; walks < MOST_WALKS; walks += 1) {
      const start = await this.#deps.finder.folder(actor, path.folderId);
      if (start === undefined) throw new NotFoundError("folder");
      const walk = await this.#tryFollow(actor, start, path);
      if (walk !== undefined) return walk;
    }
    throw new NotFoundError("file or folder");
  }

  /** @returns `undefined` where something has changed meanwhile: follow it again, from the start as it is then. */
  async #tryFollow(actor: Actor, start: Reached<Folder>, path: Path): Promise<Walk | undefined> {
    const trail: Entry[] = [...chainOf(start)];
    const targets: Reached[] = [];
    let walk = await this.#walkDown(start, path.names, trail);
    while (walk.holder?.entry.kind === "mount" && (path.isLastFollowed || walk.rest.length > 1)) {
      const target = await this.#deps.finder.target(actor, walk.holder.entry);
      if (target === undefined) throw new NotFoundError("file or folder");
      targets.push(target);
      trail.push(target.entry, ...target.above);
      if (isOfFolder(target)) walk = await this.#walkDown(target, walk.rest.slice(1), trail);
      else if (isOfFile(target) && walk.rest.length === 1) walk = { ...walk, holder: target };
      // A file is in the way.
      else break;
    }
    if (targets.length > 0) return this.#confirm(actor, { walk, targets, trail });
    // What was read last is true by itself.
    const isFound = walk.holder !== null || walk.rest.length === 0;
    const areSame = await this.#areUnchanged(isFound ? trail.slice(0, -1) : trail);
    return areSame ? walk : undefined;
  }

  /** @param trail - Gets all that was found. */
  async #walkDown(start: Reached<Folder>, names: readonly string[], trail: Entry[]): Promise<Walk> {
    let folder = start;
    for (const [index, name] of names.entries()) {
      const { ownerId, _id: parentId } = folder.entry;
      const entry = await this.#deps.entries.findLiveByName({ ownerId, parentId }, name);
      if (entry !== null) trail.push(entry);
      if (entry?.kind !== "folder") {
        const holder = entry && inside(folder, entry);
        return { folder, holder, rest: names.slice(index) };
      }
      folder = inside<FolderEntry>(folder, entry);
    }
    return { folder, holder: null, rest: [] };
  }

  /** Asks for the shares again: a stronger one may lie below a mount, and one may be taken back meanwhile. */
  async #confirm(
    actor: Actor,
    { walk, targets, trail }: { walk: Walk; targets: readonly Reached[]; trail: readonly Entry[] },
  ): Promise<Walk | undefined> {
    const { finder } = this.#deps;
    const reached = [...targets, walk.holder ?? walk.folder];
    const again = await Promise.all(reached.map(({ entry }) => finder.entry(actor, entry._id)));
    if (again.includes(undefined) || !(await this.#areUnchanged(trail))) return undefined;
    const last = again.at(-1);
    if (last === undefined) return undefined;
    if (isOfFolder(last)) return { ...walk, folder: last };
    return isOfFile(last) || isOfMount(last) ? { ...walk, holder: last } : undefined;
  }

  async #areUnchanged(before: readonly Entry[]): Promise<boolean> {
    const { entries } = this.#deps;
    // They are asked for at once, so that it is one query.
    const now = await Promise.all(before.map(({ ownerId, _id }) => entries.findLive(ownerId, _id)));
    return now.every((entry, index) => entry?.revision === before[index]?.revision);
  }
}

/** An entry of a folder, as somebody reaches it who reaches the folder. */
const inside = <E extends Entry>(folder: Reached<Folder>, entry: E): Reached<E> => ({
  ...{ entry, above: chainOf(folder), path: `${folder.path}/${entry.name}` },
  ...{ home: folder.home, role: folder.role, isTopmost: false },
});

const isOfFile = (reached: Reached): reached is Reached<FileEntry> => reached.entry.kind === "file";

const isOfMount = (reached: Reached): reached is Reached<MountEntry> =>
  reached.entry.kind === "mount";
