import type { AccountActor } from "../access/actor.js";
import type { Access } from "../access/service.js";
import type { NameOrder } from "../entries/children-by-name.js";
import type { Id } from "../platform/ids.js";
import type { FileSearch } from "../search/service.js";
import type { JobSelection, SelectionPosition } from "./job.js";

/** As many entries are listed at once. */
const PAGE = 100;

interface Deps {
  readonly access: Pick<Access, "folder">;
  readonly search: Pick<FileSearch, "find">;
  readonly tree: NameOrder;
}

/** What is listed next, and where the list goes on; `null` at its end. */
interface SelectionPage {
  readonly ids: readonly Id[];
  readonly next: SelectionPosition | null;
}

/**
 * Lists the entries of a selection. What comes and goes meanwhile may or may not be listed; what is there all the time is listed once, also
 * when those that were listed before it are removed.
 */
export class Selections {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param from - `null` at the beginning.
   * @throws NotFoundError when the folder was deleted.
   */
  async page(
    actor: AccountActor,
    selection: JobSelection,
    from: SelectionPosition | null,
  ): Promise<SelectionPage> {
    if ("ids" in selection) return pageOfIds(selection.ids, Number(from ?? 0));
    const folder = await this.#deps.access.folder(actor, selection.folderId, "read");
    const cursor = from === null ? undefined : String(from);
    if ("search" in selection) {
      const query = { ...selection.search, sort: "name", limit: PAGE, total: false } as const;
      const { items, nextCursor } = await this.#deps.search.find(folder, { ...query, cursor });
      return { ids: items.map(({ entry }) => entry._id), next: nextCursor };
    }
    const { ownerId, _id: parentId } = folder.entry;
    const key = { ownerId, parentId };
    const entries = await this.#deps.tree.listByName(key, cursor ?? null, PAGE);
    const last = entries.length < PAGE ? undefined : entries.at(-1);
    return { ids: entries.map(({ _id }) => _id), next: last?.nameKey ?? null };
  }
}

function pageOfIds(ids: readonly Id[], from: number): SelectionPage {
  const to = from + PAGE;
  return { ids: ids.slice(from, to), next: to < ids.length ? to : null };
}
