import { Long } from "mongodb";
import type { Position } from "../platform/cursor.js";
import type { Entry } from "./entry.js";

/** What entries are sorted by. Equal ones are sorted by their ids. */
export type SortField = "createdAt" | "modifiedAt" | "nameSort" | "sizeBytes";

export interface Sort {
  readonly field: SortField;
  readonly direction: 1 | -1;
}

const SORT_FIELDS = {
  date: "createdAt",
  modified: "modifiedAt",
  name: "nameSort",
  size: "sizeBytes",
} as const;

/** The order that a word such as `-date` stands for. */
export function sortOf(order: string): Sort {
  const name = order.replace("-", "") as keyof typeof SORT_FIELDS;
  return { field: SORT_FIELDS[name], direction: order.startsWith("-") ? -1 : 1 };
}

/** As MongoDB has it. */
export const sortDocument = ({ field, direction }: Sort) => ({
  [field]: direction,
  _id: direction,
});

export const valueTypeOf = ({ field }: Sort) => (field === "nameSort" ? "string" : "number");

export function positionOf({ field }: Sort, entry: Pick<Entry, SortField | "_id">): Position {
  const value = field === "nameSort" ? entry.nameSort : Number(entry[field]);
  return { value, id: entry._id };
}

/** What comes after a position in an order. The equal values are bounded by the index too, so that no page walks over those before it. */
export function afterPosition({ field, direction }: Sort, { value, id }: Position) {
  return beyond(field, storedValue(field, value), {
    atMost: direction === 1 ? "$gte" : "$lte",
    strictly: direction === 1 ? "$gt" : "$lt",
    id: { [direction === 1 ? "$gt" : "$lt"]: id },
  });
}

/** What comes before a position, and what is there. */
export function untilPosition({ field, direction }: Sort, { value, id }: Position) {
  return beyond(field, storedValue(field, value), {
    atMost: direction === 1 ? "$lte" : "$gte",
    strictly: direction === 1 ? "$lt" : "$gt",
    id: { [direction === 1 ? "$lte" : "$gte"]: id },
  });
}

function beyond(
  field: SortField,
  stored: unknown,
  { atMost, strictly, id }: { atMost: string; strictly: string; id: object },
) {
  return {
    $and: [
      { [field]: { [atMost]: stored } },
      { $or: [{ [field]: { [strictly]: stored } }, { [field]: stored, _id: id }] },
    ],
  };
}

function storedValue(field: SortField, value: string | number): unknown {
  if (field === "createdAt" || field === "modifiedAt") return new Date(Number(value));
  return field === "sizeBytes" ? Long.fromNumber(Number(value)) : value;
}

/** MongoDB compares texts by their bytes in UTF-8; JavaScript does not. */
export function compareBy({ field }: Sort, a: Entry, b: Entry): number {
  const order =
    field === "nameSort"
      ? Buffer.compare(Buffer.from(a.nameSort), Buffer.from(b.nameSort))
      : Number(a[field]) - Number(b[field]);
  return order === 0 ? (a._id < b._id ? -1 : 1) : order;
}

/** More of Unicode's last code point, four bytes long, than any name or type has room for. */
const LAST_TEXT = "\u{10ffff}".repeat(64);

/** Every text that begins so lies between the two. */
export const startingWith = (prefix: string) => ({ $gte: prefix, $lt: prefix + LAST_TEXT });
