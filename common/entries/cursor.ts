import { createHash } from "node:crypto";
import { InvalidCursorError } from "./errors.js";
import { type Id, isId } from "../platform/ids.js";

/** Where a list goes on: after the item with this value of the sort field and this id. */
export interface Position {
  readonly value: string | number;
  readonly id: Id;
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
