import type { Entry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { SharedEntries } from "../shares/given-entries.js";
import type { AccountActor } from "./actor.js";

interface Deps {
  readonly shared: Pick<SharedEntries, "findDeleted">;
}

/** What was deleted of what accounts have shared: who may delete it is told that it is done. */
export class DeletedEntries {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Resolves to `undefined` where it is not deleted, was removed for good, or the actor could not have deleted it by a share. */
  async find(actor: AccountActor, id: Id): Promise<Entry | undefined> {
    if (actor.rootFolderId !== null || !actor.scopes.has("files:delete")) return undefined;
    const found = await this.#deps.shared.findDeleted(actor.id, id);
    return found === undefined || found.role === "viewer" ? undefined : found.entry;
  }
}
