import { AppError, NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { Actor, Scope } from "./actor.js";
import { givePlace, type Place } from "./grants.js";

/** The credential may not be used for this. */
export class InsufficientScopeError extends AppError {
  readonly code = "insufficient-scope";
  constructor(scope: Scope) {
    super(`This needs a credential with the scope ${scope}`, { scope });
  }
}

/** The only room that compares who does something with whose it is. */
export class Access {
  /**
   * Where an actor may put something.
   *
   * @param folderId - The alias `root` is the topmost folder that the actor may reach.
   * @throws {@link InsufficientScopeError}
   * @throws {@link NotFoundError} when there is no such folder, or the actor may not know that it exists.
   */
  place(actor: Actor, folderId: Id): Promise<Place> {
    const { id: actorId, home, scopes } = actor;
    if (!scopes.has("files:write")) throw new InsufficientScopeError("files:write");
    if (folderId !== "root" && folderId !== home.rootFolderId) throw new NotFoundError("folder");
    const { ownerId, rootFolderId, limitBytes } = home;
    return Promise.resolve(givePlace({ ownerId, folderId: rootFolderId, actorId, limitBytes }));
  }
}
