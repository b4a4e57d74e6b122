import { type Signal, signal } from "@preact/signals";
import { goTo, hrefTo, type Place, place } from "../routing/place.js";
import type { Command } from "./command.js";
import type { Entry, FileEntry } from "./entry.js";
import { Listing } from "./listing.js";
import type { Source } from "./pages.js";
import { Selection } from "./selection.js";

/** How a list is drawn: lines with columns, or tiles with pictures. */
export type Layout = "list" | "tiles";

/** What the parts of a list have in common: its rows, what is selected, and what is open above it. */
export interface Workspace {
  readonly listing: Listing;
  readonly selection: Selection;
  /** The folder that is shown, as the URL has it; `undefined` for lists of entries of many folders. */
  readonly folderId: string | undefined;
  /** The id of the entry whose name is being edited. */
  readonly renaming: Signal<string | undefined>;
  /** The dialog or menu that is open above the list. */
  readonly above: Signal<Above | undefined>;
  /** What can be done with what is selected. */
  readonly commands: () => readonly Command[];
}

/** A dialog or menu above a list. */
export type Above =
  | { readonly kind: "move" | "copy" | "purge"; readonly entries: readonly Entry[] }
  | { readonly kind: "share"; readonly entry: Entry }
  | { readonly kind: "menu"; readonly x: number; readonly y: number }
  | { readonly kind: "new-folder" | "help" | "empty-trash" };

interface Opened {
  readonly source: Source;
  readonly folderId: string | undefined;
  readonly commandsOf: (workspace: Workspace) => readonly Command[];
}

export function openWorkspace({ source, folderId, commandsOf }: Opened): Workspace {
  const listing = new Listing(source);
  const workspace: Workspace = {
    ...{ listing, selection: new Selection(listing), folderId },
    ...{ renaming: signal(undefined), above: signal(undefined) },
    commands: () => commandsOf(workspace),
  };
  return workspace;
}

/** What the URL of a folder keeps when another folder is opened. */
const KEPT = ["sort", "layout"] as const;

/** The part of the present query that stays when another folder is opened. */
export const keptQuery = (): Record<string, string> =>
  Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = place.value.query.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );

/** The URL of the present state with other parameters; `undefined` takes one out. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const { path, query } = place.value;
  const next = Object.entries({ ...Object.fromEntries(query), ...changes });
  const given = next.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return hrefTo(path, Object.fromEntries(given));
}

/** The URL of the present list in the other layout. */
export const toggledLayout = (): string =>
  withQuery({ layout: place.value.query.get("layout") === "tiles" ? undefined : "tiles" });

/** Closes the pane with the details. */
export const closeDetails = (): void => {
  goTo(withQuery({ details: undefined }), { replaces: true });
};

/** How a URL names the entry whose details are shown. */
export const detailsOf = ({ kind, id }: Entry): string => `${kind}/${id}`;

/** The URL of a folder. */
export const folderHref = (id: string): string =>
  id === "root" ? hrefTo([], keptQuery()) : hrefTo(["folder", id], keptQuery());

/** The URL where the content of a file is shown, above the folder that it was opened in. */
export const fileHref = ({ id }: Pick<FileEntry, "id">, folderId: string): string =>
  hrefTo(["file", id], { ...keptQuery(), in: folderId });

/** The folder that the URL shows. */
export const shownFolder = ({ path, query }: Place): string =>
  (path[0] === "file" ? query.get("in") : path[1]) ?? "root";

/** Where an entry opens; `undefined` if it leads nowhere any more. */
export function hrefOf(entry: Entry): string | undefined {
  if (entry.kind === "folder") return folderHref(entry.id);
  if (entry.kind === "trashed") return undefined;
  const { path } = place.value;
  const isInFolder = path.length === 0 || path[0] === "folder" || path[0] === "file";
  const above = isInFolder ? shownFolder(place.value) : entry.folderId;
  if (entry.kind === "file") return fileHref(entry, above);
  const { target } = entry;
  if (target === null) return undefined;
  return target.kind === "folder" ? folderHref(target.id) : fileHref(target, above);
}
