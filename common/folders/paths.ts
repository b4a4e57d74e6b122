import type { Actor } from "../access/actor.js";
import type { Place } from "../access/grants.js";
import type { Access } from "../access/service.js";
import { NameTakenError } from "../entries/errors.js";
import type { Id } from "../platform/ids.js";
import { ParentMissingError } from "./errors.js";
import type { Folders } from "./service.js";

interface Deps {
  readonly access: Pick<Access, "place" | "reach" | "within">;
  readonly folders: Pick<Folders, "createInside">;
}

/** A folder, by the names that lead to it. */
export interface FolderPath {
  /** Where the path begins. Default: `root`, the topmost folder that the actor may reach. */
  readonly folderId?: Id | undefined;
  /** As `parseNames` returns them; none is the folder where the path begins. */
  readonly names: readonly string[];
  /** Whether folders are made that do not exist. */
  readonly areMade: boolean;
}

/** How often another process may put something into the way while a path is made. */
const MOST_TRIES = 5;

/** Folders as places, by their paths. */
export class FolderPaths {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * The folder at a path. What is made of it stays, whatever becomes of the request. Two requests may make the same path at once: both get
   * the same folders.
   *
   * @throws NotFoundError when the path begins nowhere, or what it leads through is deleted meanwhile.
   * @throws NameTakenError when a file is in the way.
   * @throws ParentMissingError when a folder is missing, and is not to be made.
   * @throws FolderTooDeepError, InsufficientScopeError
   */
  async place(actor: Actor, { folderId = "root", names, areMade }: FolderPath): Promise<Place> {
    const { access, folders } = this.#deps;
    if (names.length === 0) return access.place(actor, folderId);
    for (let tries = 1; ; tries += 1) {
      const { place, rest, isBlocked } = await access.reach(actor, folderId, names);
      const [next] = rest;
      if (next === undefined) return place;
      if (isBlocked || tries > MOST_TRIES) throw new NameTakenError(next);
      if (!areMade) throw new ParentMissingError(`${place.path}/${next}`);
      const made = await folders.createInside(place, rest);
      if (made.length === rest.length) return access.within(place, made);
    }
  }
}
