import type { Collection, Filter } from "mongodb";
import { decodeCursor, type Page, pageOf } from "./cursor.js";
import type { Id } from "./ids.js";

/** What a list may be sorted by. */
type InstantField = "createdAt" | "startedAt";

type Listed<Field extends InstantField> = { readonly _id: Id } & Readonly<Record<Field, Date>>;

interface NewestFirst<Field extends InstantField> {
  /** The instant that the list is sorted by, newest first; then by the id, descending. The index has both, behind what the filter names. */
  readonly field: Field;
  /** Everything that decides which items are listed; as `encodeCursor` takes it. */
  readonly list: unknown;
  /** At most so many items. */
  readonly limit: number;
  readonly cursor: string | undefined;
}

/**
 * One page of the documents that filters find, newest first.
 *
 * @param filters - Each is a query of its own, with an index of its own. No document may match two of them.
 * @throws InvalidCursorError
 */
export async function pageNewestFirst<T extends Listed<Field>, Field extends InstantField>(
  collection: Collection<T>,
  filters: readonly Filter<T>[],
  { field, list, limit, cursor }: NewestFirst<Field>,
): Promise<Page<T>> {
  const position = cursor === undefined ? undefined : decodeCursor(list, "number", cursor);
  const after = position && olderThan(new Date(Number(position.value)), position.id, field);
  const sort = { [field]: -1, _id: -1 } as const;
  const options = { sort, limit: limit + 1, batchSize: limit + 1 };
  const lists = await Promise.all(
    filters.map(async (filter) => {
      // The compiler cannot see that a filter of some fields is one of a type parameter.
      const wanted = (after === undefined ? filter : { $and: [filter, after] }) as Filter<T>;
      return (await collection.find(wanted, options).toArray()) as unknown as T[];
    }),
  );
  const positionOf = (item: T) => ({ value: item[field].getTime(), id: item._id });
  return pageOf(merged(lists, positionOf), { limit, list, positionOf });
}

/** The items of several lists in one order. */
function merged<T>(lists: readonly (readonly T[])[], positionOf: (item: T) => Placed): T[] {
  const isBefore = (one: Placed, other: Placed) =>
    one.value > other.value || (one.value === other.value && one.id > other.id);
  return lists
    .flat()
    .toSorted((one, other) => (isBefore(positionOf(one), positionOf(other)) ? -1 : 1));
}

interface Placed {
  readonly value: number;
  readonly id: Id;
}

/** What comes after an item in a list, newest first. The equal instants are bounded by the index, too. */
export const olderThan = (at: Date, id: Id, field: InstantField = "createdAt") => ({
  [field]: { $lte: at },
  $or: [{ [field]: { $lt: at } }, { [field]: at, _id: { $lt: id } }],
});
