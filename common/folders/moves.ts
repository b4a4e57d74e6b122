import type { PendingMove } from "../accounts/account.js";
import type { Place } from "../access/grants.js";
import { type Entry, type FolderEntry, MAX_DEPTH } from "../entries/entry.js";
import { moveEvents } from "../entries/events.js";
import { FolderIntoItselfError, FolderTooDeepError, NameTakenError } from "../entries/errors.js";
import { parseName } from "../entries/name.js";
import type { FieldChange } from "../entries/changes-repository.js";
import type { EntriesRepository } from "../entries/repository.js";
import { storedName } from "../entries/terms.js";
import type { TreeRepository } from "../entries/tree-repository.js";
import { NotFoundError } from "../platform/errors.js";
import { type Id, newId } from "../platform/ids.js";

interface Deps {
  readonly entries: Pick<EntriesRepository, "foldersAbove" | "findFreeName">;
  readonly tree: TreeRepository;
}

/** What is to be moved, and where to. */
export interface Move<E extends Entry> {
  /** Reads the entry, and checks that it may be moved as it is now. Called again when somebody else has changed it. */
  readonly find: () => Promise<E>;
  readonly place: Place;
  /** As a client gives it. */
  readonly name: string;
  /** What happens when the name is taken. */
  readonly onConflict: "rename" | "fail";
  /** What else of the entry changes in the same update; `null` removes a field. */
  readonly changes?: (entry: E) => FieldChange;
}

interface Target {
  readonly ownerId: Id;
  readonly rootFolderId: Id;
  readonly parentId: Id;
  readonly name: string;
  readonly changes: FieldChange;
}

type Outcome = Awaited<ReturnType<TreeRepository["move"]>>;

/**
 * Moves and renames entries.
 *
 * A file or mount is moved by one conditional update. A folder could come to lie inside itself when two moves run at once. So the folders of a
 * namespace move one after the other: a move is written into the account (`tree.pendingMove`), on condition that no other folder has
 * moved since the folders above the target were read. Who finds a move there finishes it first. The folder is changed on condition of
 * its revision. So a move that was finished or given up is never done again by a process that is late.
 *
 * The target may be deleted meanwhile. So the way up is walked again after the move, and what nobody could reach is put back.
 */
export class Moves {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Moves an entry, with all that it holds.
   *
   * @returns The entry as it is then.
   * @throws InvalidNameError
   * @throws NameTakenError when something else has the name, and the entry is not to be renamed.
   * @throws FolderIntoItselfError, FolderTooDeepError
   * @throws NotFoundError when the target was deleted meanwhile.
   * @throws What `find` throws.
   */
  async move<E extends Entry>({ find, place, onConflict, ...given }: Move<E>): Promise<E> {
    const { ownerId, rootFolderId, folderId: parentId } = place;
    const wanted = parseName(given.name);
    let { name } = wanted;
    for (;;) {
      const entry = await find();
      const changes = given.changes?.(entry) ?? {};
      const target = { ownerId, rootFolderId, parentId, name, changes };
      const outcome = await this.#tryMove(entry, target);
      if (outcome === "moved") return this.#checkReachable(entry, target);
      if (outcome === "changed") continue;
      if (onConflict === "fail") throw new NameTakenError(name);
      name = (await this.#deps.entries.findFreeName(target, wanted)).name;
    }
  }

  async #tryMove(entry: Entry, target: Target): Promise<Outcome> {
    const { tree } = this.#deps;
    const { ownerId, parentId, name, changes } = target;
    const events = moveEvents(entry, target);
    if (entry.kind !== "folder") return tree.move(entry, { ...target, events });
    const known = await tree.find(ownerId);
    if (known === null) throw new NotFoundError("folder");
    if (known.pendingMove !== null) {
      await this.#finish(ownerId, known.pendingMove);
      return "changed";
    }
    const above = await this.#foldersAbove(target);
    if (above === null) throw new NotFoundError("folder");
    if (above.some(({ _id }) => _id === entry._id)) throw new FolderIntoItselfError();
    const height = await this.#heightIn(entry, above);
    if (height === undefined) throw new FolderTooDeepError();
    await tree.raiseHeights(above, height + 1);
    const { _id: folderId, revision: folderRevision } = entry;
    const move = { id: newId(), folderId, folderRevision, parentId, name, changes, events };
    const hasBegun = await tree.begin(ownerId, known.revision, move);
    return hasBegun ? this.#finish(ownerId, move) : "changed";
  }

  /** Does a move that the account has. Any process may. */
  async #finish(ownerId: Id, move: PendingMove): Promise<Outcome> {
    const { tree } = this.#deps;
    const asRead = { _id: move.folderId, ownerId, revision: move.folderRevision };
    const outcome = await tree.move(asRead, move);
    // Once the next move may begin, nobody may do this one any more, although the name may be free by then.
    if (outcome === "taken") await tree.raiseRevision(asRead);
    await tree.end(ownerId, move.id);
    const isDoneByAnother = outcome === "changed" && (await tree.isWhere(asRead, move));
    return isDoneByAnother ? "moved" : outcome;
  }

  #foldersAbove({ ownerId, parentId, rootFolderId }: Target): Promise<FolderEntry[] | null> {
    return this.#deps.entries.foldersAbove({ ownerId, parentId }, rootFolderId);
  }

  /** @returns The height of a folder; `undefined` where it would be too deep below these folders. */
  async #heightIn(folder: FolderEntry, above: readonly FolderEntry[]) {
    const isDeep = (height: number) => above.length + 1 + height > MAX_DEPTH;
    if (!isDeep(folder.height)) return folder.height;
    // What made it high may be deleted by now.
    const height = await this.#deps.tree.measureHeight(folder);
    return height === null || isDeep(height) ? undefined : height;
  }

  async #checkReachable<E extends Entry>(before: E, target: Target): Promise<E> {
    const { ownerId, parentId, changes } = target;
    const name = storedName(ownerId, parseName(target.name));
    const moved: E = { ...before, ...shownAfter(changes), parentId, ...name };
    moved.revision += 1;
    const above = await this.#foldersAbove(target);
    const isFine =
      above !== null &&
      (moved.kind !== "folder" || (await this.#heightIn(moved, above)) !== undefined);
    if (isFine) return moved;
    await this.#putBack(before, moved, target);
    throw above === null ? new NotFoundError("folder") : new FolderTooDeepError();
  }

  /** Undoes a move, unless somebody else has changed the entry since. */
  async #putBack(before: Entry, moved: Entry, target: Target): Promise<void> {
    const { entries } = this.#deps;
    const { parentId } = before;
    const changes = Object.fromEntries(
      Object.keys(target.changes).map((field) => [field, before[field as keyof Entry] ?? null]),
    );
    const back = { ...target, parentId, name: before.name, changes };
    const outcome = await this.#tryMove(moved, back).catch(() => "changed");
    if (outcome !== "taken") return;
    const { name } = await entries.findFreeName(back, parseName(before.name));
    await this.#tryMove(moved, { ...back, name });
  }
}

/** What a change makes of an entry in memory: what it removes is missing. */
const shownAfter = (changes: FieldChange): FieldChange =>
  Object.fromEntries(Object.entries(changes).map(([field, value]) => [field, value ?? undefined]));
