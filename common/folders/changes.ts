import { type Granted, type Place, requireBelowShare, requireSameOwner } from "../access/grants.js";
import { changedFields, changeEntry, type FileChange } from "../entries/change.js";
import type { EntryChangesRepository } from "../entries/changes-repository.js";
import type { Entry } from "../entries/entry.js";
import type { EntriesRepository } from "../entries/repository.js";
import { NotFoundError, PreconditionFailedError } from "../platform/errors.js";
import type { Move, Moves } from "./moves.js";

const COPY_IT = "It belongs to another account than the folder: copy it instead of moving it";

interface Deps {
  readonly entries: Pick<EntriesRepository, "findLive">;
  readonly changes: EntryChangesRepository;
  readonly moves: Moves;
}

/** What is to become of an entry. */
export interface EntryChange<E extends Entry> {
  /** What its owner says about it. */
  readonly change: FileChange;
  /** Where it goes; `undefined` where it keeps its folder and its name. */
  readonly to?: (Pick<Move<E>, "name" | "onConflict"> & { readonly place: Place }) | undefined;
  /** Whether the entry is still as the request expects it to be. */
  readonly isExpected: (entry: E) => boolean;
}

/** Changes entries: their names, where they are, and what is said about them. All of it is one update. */
export class Changes {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Changes an entry, if it is as the request expects.
   *
   * @returns The entry as it is then.
   * @throws As {@link changeEntry} and {@link Moves.move}.
   */
  change<E extends Entry>(
    granted: Granted<E, "write">,
    { change, to, isExpected }: EntryChange<E>,
  ): Promise<E> {
    const { entry } = granted;
    if (to === undefined) return changeEntry(this.#deps, entry, { change, isExpected });
    requireBelowShare(granted);
    requireSameOwner(granted, to.place, COPY_IT);
    let known: E | undefined = entry;
    const find = async () => {
      const current = known ?? (await this.#findAgain(entry));
      known = undefined;
      if (!isExpected(current)) throw new PreconditionFailedError();
      return current;
    };
    const changes = (current: E) => changedFields(current, change);
    return this.#deps.moves.move({ find, ...to, changes });
  }

  async #findAgain<E extends Entry>({ ownerId, _id, kind }: E): Promise<E> {
    const found = await this.#deps.entries.findLive(ownerId, _id);
    if (found?.kind !== kind) throw new NotFoundError(kind);
    // It has the kind of the entry.
    return found as E;
  }
}
