import type { Command } from "./command.js";
import { goTo, place } from "../routing/place.js";
import type { Entry } from "./entry.js";
import { fileWords } from "./words.js";
import { closeDetails, detailsOf, hrefOf, withQuery, type Workspace } from "./workspace.js";

/** Runs one of the actions, which are loaded when the first one is needed. */
function act(run: (actions: typeof import("./actions.js")) => Promise<unknown>): void {
  void import("./actions.js").then((actions) => actions.attempt(() => run(actions)));
}

const isSharable = (entry: Entry) =>
  entry.kind !== "trashed" && (entry.kind !== "mount" || entry.target !== null);

/** Opens what an entry leads to. */
export function open(entry: Entry): void {
  const href = hrefOf(entry);
  if (href?.startsWith("/drive") === true) goTo(href);
  else if (href !== undefined) location.assign(href);
}

/** What can be done with what is selected. */
export function commandsOf(workspace: Workspace): readonly Command[] {
  const entries = workspace.selection.entries;
  const [first] = entries;
  if (first === undefined) return [];
  return entries.length === 1 ? forOne(workspace, first) : forMany(workspace, entries);
}

function forOne(workspace: Workspace, entry: Entry): readonly Command[] {
  const t = fileWords.value;
  const { renaming, above } = workspace;
  const [download, move, copy, favourite, remove] = forMany(workspace, [entry]);
  const share: Command = {
    ...{ name: "share", icon: "people", label: t.share, isInToolbar: true },
    run: () => (above.value = { kind: "share", entry }),
  };
  const details: Command = {
    ...{ name: "details", icon: "info", label: t.details, key: "i", isInToolbar: true },
    run: () => {
      toggleDetails(entry);
    },
  };
  const rename: Command = {
    ...{ name: "rename", icon: "edit", label: t.rename, key: "F2" },
    run: () => (renaming.value = entry.id),
  };
  const opening: Command = {
    ...{ name: "open", icon: "folder", label: t.open, key: "Enter" },
    run: () => {
      open(entry);
    },
  };
  return [
    opening,
    ...[download, isSharable(entry) ? share : undefined, rename, move, copy],
    ...[favourite, details, remove],
  ].filter((command) => command !== undefined);
}

function forMany({ above, selection }: Workspace, entries: readonly Entry[]): readonly Command[] {
  const t = fileWords.value;
  const isFavourite = entries.every((entry) => entry.isFavourite);
  return [
    {
      ...{ name: "download", icon: "download", label: t.download, isInToolbar: true },
      run: () => {
        act(async () => (await import("./downloads.js")).download(entries));
      },
    },
    {
      ...{ name: "move", icon: "move", label: t.move, key: "m", isInToolbar: true },
      run: () => (above.value = { kind: "move", entries }),
    },
    {
      ...{ name: "copy", icon: "copy", label: t.copy, key: "c" },
      run: () => (above.value = { kind: "copy", entries }),
    },
    {
      ...{ name: "favourite", icon: "star", key: "f" },
      label: isFavourite ? t.unmark : t.mark,
      run: () => {
        act((actions) => actions.markFavourites(entries, !isFavourite));
      },
    },
    {
      ...{ name: "remove", icon: "trash", label: t.remove, key: "Delete" },
      ...{ isDanger: true, isInToolbar: true },
      run: () => {
        closeDetailsOf(entries);
        act((actions) => actions.remove(entries));
        selection.clear();
      },
    },
  ];
}

/** Opens or closes the pane with the details of an entry. */
export function toggleDetails(entry: Entry): void {
  const { query } = place.value;
  const isOpen = query.get("details") === detailsOf(entry);
  goTo(withQuery({ details: isOpen ? undefined : detailsOf(entry) }), { replaces: true });
}

/** Closes the details of what will not be there any more. */
function closeDetailsOf(entries: readonly Entry[]): void {
  const shown = place.value.query.get("details");
  if (!entries.some((entry) => detailsOf(entry) === shown)) return;
  closeDetails();
}

/** What can be done with what is selected in the trash. */
export function trashCommandsOf({ above, selection }: Workspace): readonly Command[] {
  const t = fileWords.value;
  const { entries } = selection;
  if (entries.length === 0) return [];
  return [
    {
      ...{ name: "restore", icon: "undo", label: t.restore, isInToolbar: true },
      run: () => {
        act((actions) => actions.restore(entries));
        selection.clear();
      },
    },
    {
      ...{ name: "purge", icon: "trash", label: t.removeForGood, key: "Delete" },
      ...{ isDanger: true, isInToolbar: true },
      run: () => (above.value = { kind: "purge", entries }),
    },
  ];
}
