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
