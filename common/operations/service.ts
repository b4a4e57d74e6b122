import type { AccountActor } from "../access/actor.js";
import { type Granted, requireBelowShare } from "../access/grants.js";
import type { Access } from "../access/service.js";
import type { Entry } from "../entries/entry.js";
import type { Id } from "../platform/ids.js";
import type { FileVersions } from "../files/versions.js";
import type { Changes, EntryChange } from "../folders/changes.js";
import type { Removal } from "../trash/removal.js";
import type { Trash } from "../trash/service.js";
import type { Copies } from "../uploads/copies.js";
import { FolderCopyError } from "./errors.js";
import type {
  CopyOperation,
  DeleteOperation,
  MoveOperation,
  Operation,
  RestoreOperation,
  TagOperation,
} from "./operation.js";

interface Deps {
  readonly access: Access;
  readonly changes: Pick<Changes, "change">;
  readonly removal: Pick<Removal, "remove">;
  readonly trash: Pick<Trash, "find" | "restore">;
  readonly copies: Pick<Copies, "copy">;
  readonly fileVersions: Pick<FileVersions, "current">;
}

/** What became of an entry. */
export interface Outcome {
  /** As it is now; as it was, when it was deleted. */
  readonly entry: Entry;
  /** Where the actor sees it; `null` when it was deleted. */
  readonly path: string | null;
  readonly isNew: boolean;
}

/**
 * Does one thing to one entry, as the request that does this thing alone: each asks for its own right. Many requests and jobs consist of
 * such operations.
 */
export class Operations {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param options.newFileId - The id of the file that a copy makes: it is made once, however often it is tried.
   * @throws NotFoundError when there is no such entry or folder, or the actor may not know that there is.
   * @throws InsufficientScopeError when the credential lacks the scope of the operation.
   * @throws RootFolderError, FolderCopyError, and what each operation throws when it is done alone.
   */
  apply(
    actor: AccountActor,
    operation: Operation,
    { newFileId }: { readonly newFileId?: Id } = {},
  ): Promise<Outcome> {
    if (operation.op === "move") return this.#move(actor, operation);
    if (operation.op === "copy") return this.#copy(actor, operation, newFileId);
    if (operation.op === "delete") return this.#delete(actor, operation);
    if (operation.op === "restore") return this.#restore(actor, operation);
    return this.#tag(actor, operation);
  }

  async #move(actor: AccountActor, { id, folderId, name, onConflict = "fail" }: MoveOperation) {
    const { access } = this.#deps;
    const granted = await this.#find(actor, id, "write");
    requireBelowShare(granted);
    const place = await access.place(actor, folderId ?? granted.entry.parentId);
    const to = { place, name: name ?? granted.entry.name, onConflict };
    const entry = await this.#change(granted, { change: {}, to });
    return { entry, path: `${place.path}/${entry.name}`, isNew: false };
  }

  async #copy(
    actor: AccountActor,
    { id, folderId, name, onConflict = "rename" }: CopyOperation,
    newFileId: Id | undefined,
  ) {
    const { access, copies, fileVersions } = this.#deps;
    const { entry } = await access.entry(actor, id, "read");
    if (entry.kind === "folder") throw new FolderCopyError();
    const place = await access.place(actor, folderId ?? entry.parentId);
    const version = await fileVersions.current({ entry });
    const intent = {
      ...{ name: name ?? entry.name, onConflict, condition: null },
      ...(newFileId !== undefined && { newFileId }),
    };
    const { file, isNewFile } = await copies.copy(place, intent, { file: entry, version });
    return { entry: file, path: await access.pathOf(actor, file), isNew: isNewFile };
  }

  async #delete(actor: AccountActor, { id, permanent = false }: DeleteOperation) {
    const granted = await this.#find(actor, id, "delete");
    await this.#deps.removal.remove(granted, { condition: null, isPermanent: permanent });
    return { entry: granted.entry, path: null, isNew: false };
  }

  async #restore(actor: AccountActor, { id, folderId }: RestoreOperation) {
    const { access, trash } = this.#deps;
    const item = await access.trashed(actor, await trash.find(actor, id), "write");
    return { ...(await trash.restore(actor, item, folderId)), isNew: false };
  }

  async #tag(actor: AccountActor, { id, add = [], remove = [] }: TagOperation) {
    const granted = await this.#find(actor, id, "write");
    const entry = await this.#change(granted, { change: { tags: { add, remove } } });
    return { entry, path: granted.path, isNew: false };
  }

  #change(granted: Granted<Entry, "write">, change: Omit<EntryChange<Entry>, "isExpected">) {
    return this.#deps.changes.change<Entry>(granted, { ...change, isExpected: () => true });
  }

  async #find<R extends "write" | "delete">(actor: AccountActor, id: string, right: R) {
    const { access } = this.#deps;
    const granted = await access.anyEntry(actor, id, right);
    return granted.entry.kind === "folder" ? access.subfolder(actor, id, right) : granted;
  }
}
