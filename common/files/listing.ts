import { type Collection, type Db, type Filter, Long } from "mongodb";
import type { Actor } from "../access/actor.js";
import { decodeCursor, encodeCursor, type Position } from "./cursor.js";
import type { FileDoc } from "./file.js";
import { sortKey } from "./name.js";

export const SORT_ORDERS = ["-date", "date", "name", "-name", "size", "-size"] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

/** Which files of an account to list. */
export interface FileQuery {
  /** At most so many items, 1 to 1,000. */
  readonly limit: number;
  /** Whether to count all that match. */
  readonly withTotal: boolean;
  readonly sort: SortOrder;
  readonly cursor?: string | undefined;
  /** How the name begins, whatever its letter case and accents. */
  readonly namePrefix?: string | undefined;
  /** `image/png`, or `image/*` for a whole family. As detected. */
  readonly type?: string | undefined;
}

export interface FilePage {
  readonly items: readonly FileDoc[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
  readonly total?: number;
}

type SortField = "createdAt" | "nameSort" | "sizeBytes";

const SORT_FIELDS = { date: "createdAt", name: "nameSort", size: "sizeBytes" } as const;

/** Lists an account's files, each page by one bounded walk along the index of its sort order. */
export class FileListing {
  readonly #files: Collection<FileDoc>;

  constructor(db: Db) {
    this.#files = db.collection("files");
  }

  /** @throws InvalidCursorError */
  async page(actor: Actor, query: FileQuery): Promise<FilePage> {
    const { field, direction } = sortOf(query.sort);
    const matching = filterOf(actor, query);
    const list = [query.sort, query.namePrefix ?? null, query.type ?? null];
    const after =
      query.cursor === undefined
        ? {}
        : afterPosition(field, direction, decodeCursor(list, valueTypeOf(field), query.cursor));
    const found = await this.#files
      .find(
        { $and: [matching, after] },
        {
          sort: { [field]: direction, _id: direction },
          limit: query.limit + 1,
          singleBatch: true,
          batchSize: query.limit + 1,
        },
      )
      .toArray();
    const items = found.slice(0, query.limit);
    const last = found.length > query.limit ? items.at(-1) : undefined;
    return {
      items,
      nextCursor: last === undefined ? null : encodeCursor(list, positionOf(field, last)),
      ...(query.withTotal && { total: await this.#files.countDocuments(matching) }),
    };
  }
}

function sortOf(sort: SortOrder): { field: SortField; direction: 1 | -1 } {
  const name = sort.replace("-", "") as keyof typeof SORT_FIELDS;
  return { field: SORT_FIELDS[name], direction: sort.startsWith("-") ? -1 : 1 };
}

function filterOf(actor: Actor, { namePrefix, type }: FileQuery): Filter<FileDoc> {
  return {
    ownerId: actor.home.ownerId,
    folderId: actor.home.rootFolderId,
    isTrashed: false,
    ...(namePrefix !== undefined && { nameSort: startingWith(sortKey(namePrefix)) }),
    ...(type !== undefined && {
      type: type.endsWith("/*") ? startingWith(type.slice(0, -1)) : type,
    }),
  };
}

/** More of Unicode's last code point, four bytes long, than any name or type has room for. */
const LAST_TEXT = "\u{10ffff}".repeat(64);

/** Every text that begins so lies between the two. */
const startingWith = (prefix: string) => ({ $gte: prefix, $lt: prefix + LAST_TEXT });

/** The equal values are bounded by the index too, so that no page walks over those before it. */
function afterPosition(
  field: SortField,
  direction: 1 | -1,
  { value, id }: Position,
): Filter<FileDoc> {
  const [from, after] = direction === 1 ? (["$gte", "$gt"] as const) : (["$lte", "$lt"] as const);
  const stored = storedValue(field, value);
  return {
    $and: [
      { [field]: { [from]: stored } },
      {
        $or: [{ [field]: { [after]: stored } }, { [field]: stored, _id: { [after]: id } }],
      },
    ],
  };
}

const valueTypeOf = (field: SortField) => (field === "nameSort" ? "string" : "number");

function storedValue(field: SortField, value: string | number): unknown {
  if (field === "createdAt") return new Date(Number(value));
  return field === "sizeBytes" ? Long.fromNumber(Number(value)) : value;
}

function positionOf(field: SortField, file: FileDoc): Position {
  const value = field === "nameSort" ? file.nameSort : Number(file[field]);
  return { value, id: file._id };
}
