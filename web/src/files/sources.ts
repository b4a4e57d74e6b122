import type { TrashedEntry } from "./entry.js";
import type { Source } from "./pages.js";

/** Columns that a folder can be sorted by. */
export type Column = "name" | "size" | "date";

/** An order as the API has it: a column, with `-` from the end. */
export type Order = Column | `-${Column}`;

/** All orders. */
export const ORDERS = ["name", "-name", "-size", "size", "-date", "date"] as const;

/** The order that a URL asks for. */
export const orderOf = (text: string | null): Order =>
  ORDERS.find((order) => order === text) ?? "name";

const opposite = (order: Order): Order =>
  order.startsWith("-") ? (order.slice(1) as Column) : `-${order as Column}`;

/** What is in a folder. */
export const inFolder = (folderId: string, order: Order): Source => ({
  path: `/folders/${folderId}/children`,
  query: { sort: order, foldersFirst: true },
  backwards: { sort: opposite(order) },
  canCount: true,
});

/** Favourites of all folders. */
export const favourites = (order: Order): Source => ({
  path: "/search",
  query: { isFavourite: true, sort: order },
  canCount: true,
});

/** All files, those that were stored last first. */
export const recent: Source = {
  path: "/search",
  query: { kind: "file", sort: "-date" },
  canCount: true,
};

interface TrashItem extends Omit<TrashedEntry, "kind" | "was"> {
  readonly kind: "file" | "folder";
  readonly trashedAt: string;
  readonly expiresAt: string;
  readonly links: { readonly item: string } & TrashedEntry["links"];
}

/** What can be restored. */
export const trash: Source = {
  path: "/trash",
  query: {},
  canCount: false,
  entryOf: ({ id, kind, name, path, sizeBytes, type, ...item }: TrashItem): TrashedEntry => ({
    ...{ kind: "trashed", was: kind, id, name, path, sizeBytes, type, folderId: null },
    ...{ createdAt: item.trashedAt, updatedAt: item.expiresAt },
    ...{ tags: [], description: "", isFavourite: false, links: { metadata: item.links.item } },
  }),
};
