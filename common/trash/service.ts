import type { AccountActor } from "../access/actor.js";
import type { Granted, Place } from "../access/grants.js";
import type { Access } from "../access/service.js";
import type { Entry } from "../entries/entry.js";
import { NameTakenError } from "../entries/errors.js";
import type { Moves } from "../folders/moves.js";
import type { FolderPaths } from "../folders/paths.js";
import { NotFoundError } from "../platform/errors.js";
import type { Id } from "../platform/ids.js";
import type { JobProducer } from "../queue/producer.js";
import { enqueuePurge } from "./removal.js";
import type { TrashItem, TrashKey, TrashQuery, TrashRepository } from "./repository.js";

interface Deps {
  readonly trash: TrashRepository;
  readonly access: Pick<Access, "place" | "pathOf">;
  readonly folderPaths: Pick<FolderPaths, "place">;
  readonly moves: Moves;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
}

/** What people do with what they have deleted. */
export class Trash {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A page may have fewer items than its limit where the credential may not leave a folder. @throws InvalidCursorError */
  async list(actor: AccountActor, query: TrashQuery) {
    const { trash, access } = this.#deps;
    const { items, nextCursor } = await trash.page(trashOf(actor), query);
    if (actor.rootFolderId === null) return { items, nextCursor };
    const paths = await Promise.all(items.map((item) => access.pathOf(actor, item)));
    return { items: items.filter((_, index) => paths[index] !== null), nextCursor };
  }

  /** An item of the actor's trash. @throws NotFoundError */
  async find(actor: AccountActor, id: Id): Promise<TrashItem> {
    const item = await this.#deps.trash.find(trashOf(actor), id);
    if (item === null) throw new NotFoundError("item");
    return item;
  }

  /**
   * Puts an item back where it was, or into a folder. Where its folder is gone, the path is made again. Where its name is taken, it gets a
   * numbered one.
   *
   * @param folderId - `undefined`: where it was.
   * @throws NotFoundError, FolderTooDeepError
   */
  async restore(
    actor: AccountActor,
    { entry: item }: Granted<TrashItem, "write">,
    folderId: Id | undefined,
  ): Promise<{ readonly entry: Entry; readonly path: string }> {
    const { moves } = this.#deps;
    const place = await this.#placeOf(actor, item, folderId);
    const entry = await moves.move<Entry>({
      find: () => this.find(actor, item._id),
      place,
      name: item.name,
      onConflict: "rename",
      changes: () => ({ isTrashed: false, trash: null }),
    });
    return { entry, path: `${place.path}/${entry.name}` };
  }

  /** Removes an item for good. @throws NotFoundError */
  async remove({ entry }: Granted<TrashItem, "delete">): Promise<void> {
    const { trash, jobs, now } = this.#deps;
    if (!(await trash.markPurging(entry, now()))) throw new NotFoundError("item");
    enqueuePurge(jobs, entry);
  }

  /** From then on nobody finds what is in the trash. The worker removes it for good. */
  async empty({ home: { ownerId } }: AccountActor): Promise<void> {
    const { trash, jobs, now } = this.#deps;
    await trash.empty(ownerId, now());
    jobs.enqueue({ name: "trash.empty", data: { ownerId } });
  }

  async #placeOf(actor: AccountActor, item: TrashItem, folderId: Id | undefined): Promise<Place> {
    const { access } = this.#deps;
    if (folderId !== undefined) return access.place(actor, folderId);
    try {
      return await access.place(actor, item.parentId);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    let place = await access.place(actor, "root");
    for (const name of item.trash.path) place = await this.#folderIn(actor, place, name);
    return place;
  }

  /** The folder of this name; it is made if it does not exist. Where a file has the name, returns the place itself. */
  async #folderIn(actor: AccountActor, place: Place, name: string): Promise<Place> {
    const { folderId } = place;
    const path = { folderId, names: [name], areMade: true };
    return this.#deps.folderPaths.place(actor, path).catch((error: unknown) => {
      if (error instanceof NameTakenError) return place;
      throw error;
    });
  }
}

const trashOf = ({ home, account }: AccountActor): TrashKey => ({
  ownerId: home.ownerId,
  emptiedAt: account.trashEmptiedAt,
});
