import type { FolderEntry, MountEntry } from "./entry.js";
import { rowOf } from "./grid-keys.js";
import type { Workspace } from "./workspace.js";

/** What is dragged within the page. Other pages and programs see nothing of it. */
const TYPE = "application/x-stowage-entries";

interface Handlers {
  readonly onDragStart: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

interface Target {
  readonly folderId: string;
  readonly element: Element;
}

/** Where something that is dragged can be dropped: on a folder of the list, or on one in the path. */
function targetOf({ target }: DragEvent, workspace: Workspace): Target | undefined {
  const crumb = (target as Element | null)?.closest<HTMLElement>("[data-folder]");
  if (crumb?.dataset["folder"] !== undefined) {
    return { folderId: crumb.dataset["folder"], element: crumb };
  }
  const index = rowOf(target);
  const entry = index === undefined ? undefined : workspace.listing.view.value.at(index);
  const element = (target as Element | null)?.closest("[data-index]");
  if (entry === undefined || element === null || element === undefined) return undefined;
  const folderId = entry.kind === "folder" || entry.kind === "mount" ? inside(entry) : undefined;
  if (folderId === undefined || workspace.selection.has(entry)) return undefined;
  return { folderId, element };
}

const inside = (entry: FolderEntry | MountEntry) => {
  if (entry.kind === "folder") return entry.id;
  return entry.target?.kind === "folder" ? entry.target.id : undefined;
};

const isOurs = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes(TYPE) === true;

const unmark = () => {
  for (const element of document.querySelectorAll(".is-target")) {
    element.classList.remove("is-target");
  }
};

/** Moves entries that are dragged onto a folder. */
export const dragHandlers = (workspace: Workspace): Handlers => ({
  onDragStart: ({ target, dataTransfer }) => {
    const index = rowOf(target);
    const entry = index === undefined ? undefined : workspace.listing.view.value.at(index);
    if (entry === undefined || dataTransfer === null) return;
    const { selection } = workspace;
    if (!selection.has(entry)) selection.set([entry]);
    dataTransfer.setData(TYPE, String(selection.count.value));
    dataTransfer.effectAllowed = "move";
  },
  onDragOver: (event) => {
    if (!isOurs(event)) return;
    const target = targetOf(event, workspace);
    unmark();
    if (target === undefined) return;
    target.element.classList.add("is-target");
    event.preventDefault();
  },
  onDragLeave: unmark,
  onDrop: (event) => {
    unmark();
    const target = isOurs(event) ? targetOf(event, workspace) : undefined;
    if (target === undefined) return;
    event.preventDefault();
    const { entries } = workspace.selection;
    workspace.selection.clear();
    void import("./actions.js").then(({ attempt, move }) =>
      attempt(() => move(entries, target.folderId)),
    );
  },
});
