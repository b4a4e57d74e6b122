import { createHash } from "node:crypto";
import { InvalidCursorError } from "./errors.js";
import { type Id, isId } from "./ids.js";

/** Where a list goes on: after the item with this value of the sort field and this id. */
export interface Position {
  readonly value: string | number;
  readonly id: Id;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** `null` at the end of the list. */
  readonly nextCursor: string | null;
}

interface Cut<T> {
  /** How many items a page has at most. */
  readonly limit: number;
  /** As {@link encodeCursor} takes it. */
  readonly list: unknown;
  readonly positionOf: (item: T) => Position;
}

/**
 * The page that a query has found.
 *
 * @param found - In the order of the list, at most one item more than the limit: it says that the list goes on.
 */
export function pageOf<T>(found: readonly T[], { limit, list, positionOf }: Cut<T>): Page<T> {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : encodeCursor(list, positionOf(last)) };
}

/**
 * A position as text that is bound to one list.
 *
 * @param list - Everything that decides which items are listed, and in which order.
 */
export function encodeCursor(list: unknown, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([fingerprint(list), value, id])).toString("base64url");
}

/**
 * Reads what {@link encodeCursor} wrote. A cursor holds no secret and gives no right: who forges one only starts
 * somewhere else in the same list.
 *
 * @throws {@link InvalidCursorError}
 */
export function decodeCursor(
  list: unknown,
  valueType: "string" | "number",
  cursor: string,
): Position {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 3) throw new InvalidCursorError();
  const [print, value, id] = parts as unknown[];
  if (print !== fingerprint(list) || typeof id !== "string" || !isId(id)) {
    throw new InvalidCursorError();
  }
  if (valueType === "string" && typeof value === "string") return { value, id };
  if (valueType === "number" && Number.isSafeInteger(value)) return { value: value as number, id };
  throw new InvalidCursorError();
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw new InvalidCursorError();
  }
}

function fingerprint(list: unknown): string {
  return createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 16);
}
