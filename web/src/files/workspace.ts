import { type Signal, signal } from "@preact/signals";
import { hrefTo, place } from "../routing/place.js";
import type { Entry } from "./entry.js";
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
}

export function openWorkspace(source: Source, folderId: string | undefined): Workspace {
  const listing = new Listing(source);
  return { listing, selection: new Selection(listing), folderId, renaming: signal(undefined) };
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

/** The URL of a folder. */
export const folderHref = (id: string): string =>
  id === "root" ? hrefTo([], keptQuery()) : hrefTo(["folder", id], keptQuery());

/** Where an entry opens; `undefined` if it leads nowhere any more. */
export function hrefOf(entry: Entry): string | undefined {
  if (entry.kind === "folder") return folderHref(entry.id);
  if (entry.kind === "file") return entry.links.content;
  const { target } = entry;
  if (target === null) return undefined;
  return target.kind === "folder" ? folderHref(target.id) : `/api/v1/files/${target.id}`;
}
