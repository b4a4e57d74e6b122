import { InvalidRequestError } from "../../common/platform/errors.js";

/** A structured field's string (RFC 8941 §3.3.3). */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a quoted string of 1 to 255 visible ASCII characters. Many
 * clients leave the quotes away; without them it is the same key.
 *
 * @throws {@link InvalidRequestError} for anything else, and so for two keys.
 */
export function parseIdempotencyKey(field: string): string {
  const text = field.trim();
  const key = QUOTED.exec(text)?.[1]?.replace(/\\(.)/g, "$1") ?? unquoted(text);
  if (key !== undefined && VISIBLE.test(key)) return key;
  const detail = "Idempotency-Key must be 1 to 255 visible ASCII characters, in quotes or without";
  throw new InvalidRequestError([{ in: "header", pointer: "Idempotency-Key", detail }]);
}

const unquoted = (text: string) => (text.includes('"') ? undefined : text);
