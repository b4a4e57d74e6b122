import type { Entry } from "../../entries/entry.js";
import type { TrashRepository } from "../../trash/repository.js";
import type { ExportPosition, Position, TrashedEntry } from "../archive.js";
import type { ExportRepository } from "../export-repository.js";
import { TreeWalk, type WalkedTree } from "../tree-walk.js";
import { entryLine, nameOfTime } from "./lines.js";
import type { StepInput, StepOutput } from "./steps.js";

/** The folder of the archive that has the tree. */
const TREE = "files";

/** Their paths are kept where the walk goes on, so these are few. */
const TRASHED_AT_ONCE = 50;

/** Which list has entries of a kind. */
const LIST_OF = { file: "files", folder: "folders", mount: "mounts" } as const;

const AT_END: Position = { chosen: 0, frames: [] };

interface Deps {
  readonly tree: WalkedTree;
  readonly trash: Pick<TrashRepository, "page">;
  readonly entries: Pick<ExportRepository, "listStanding">;
}

/** Lists the files and folders of an account, and those in its trash. */
export class TreeSteps {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Where the tree begins. */
  static begin(rootFolderId: string): ExportPosition {
    const root = { folderId: rootFolderId, isRoot: true, name: TREE, after: null };
    return { step: "files", walk: { chosen: 0, frames: [root] } };
  }

  async files(input: StepInput<"files">): Promise<StepOutput> {
    const { archive, position, texts, maxQueries } = input;
    const describe = (entry: Entry, archivePath: string) => {
      const path = archivePath.slice(TREE.length);
      return texts.addLine(LIST_OF[entry.kind], entryLine(entry, { path, archivePath }));
    };
    const deps = { tree: this.#deps.tree, ownerId: archive.ownerId, chosen: [] };
    const walk = new TreeWalk({ ...deps, maxQueries, describe }, position.walk);
    const { members, next } = await walk.nextPage();
    if (next !== null) return { members, next: { step: "files", walk: next } };
    return { members, next: await this.#moreTrash(input, undefined) };
  }

  async trash(input: StepInput<"trash">): Promise<StepOutput> {
    const { archive, account, position, texts, maxQueries } = input;
    const { cursor, entries: chosen } = position;
    const describe = (entry: Entry, archivePath: string) =>
      texts.addLine("trash", trashLine(entry, archivePath, chosen));
    const tree: WalkedTree = {
      listLive: (_ownerIds, ids) =>
        this.#deps.entries.listStanding(archive.ownerId, ids, account.trashEmptiedAt),
      listByName: (...asked) => this.#deps.tree.listByName(...asked),
    };
    const deps = { tree, ownerId: archive.ownerId, chosen };
    const walk = new TreeWalk({ ...deps, maxQueries, describe }, position.walk);
    const { members, next } = await walk.nextPage();
    if (next !== null) return { members, next: { ...position, walk: next } };
    const goOn = cursor === null ? END_OF_TRASH : await this.#moreTrash(input, cursor);
    return { members, next: goOn };
  }

  /** @param cursor - `undefined` at the beginning. */
  async #moreTrash(
    { archive: { ownerId }, account }: Pick<StepInput<"trash">, "archive" | "account">,
    cursor: string | undefined,
  ): Promise<ExportPosition> {
    const { items, nextCursor } = await this.#deps.trash.page(
      { ownerId, emptiedAt: account.trashEmptiedAt },
      { limit: TRASHED_AT_ONCE, cursor },
    );
    if (items.length === 0) return END_OF_TRASH;
    const entries = items.map(({ _id: id, name, trash }) => ({
      id,
      name: `trash/${nameOfTime(trash.at)}-${id}/${name}`,
      path: ["", ...trash.path, name].join("/"),
    }));
    return { step: "trash", cursor: nextCursor, entries, walk: AT_END };
  }
}

const END_OF_TRASH: ExportPosition = { step: "versions", after: null };

/** What lies in a folder of the trash was deleted with it. */
function trashLine(entry: Entry, archivePath: string, chosen: readonly TrashedEntry[]) {
  const item = chosen.find(
    ({ name }) => archivePath === name || archivePath.startsWith(`${name}/`),
  );
  const path = `${item?.path ?? ""}${archivePath.slice(item?.name.length ?? 0)}`;
  const trashedAt = entry.trash?.at ?? null;
  return { ...entryLine(entry, { path, archivePath }), itemId: item?.id ?? null, trashedAt };
}
