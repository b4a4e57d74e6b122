import { crc32 } from "node:zlib";
import { InvalidTokenError } from "../accounts/errors.js";
import { type Id, isId } from "../platform/ids.js";

/** What every API key begins with, so that people and secret scanners know one. */
export const API_KEY_PREFIX = "stw_";

/** Prefix, id, secret and checksum of an API key. Secret scanners search for it: docs/api-keys.md. */
const KEY = /^stw_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})$/;

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM_CHARACTERS = 6;

/** The two parts of an API key that say which one it is. */
export interface ApiKeyParts {
  readonly id: Id;
  readonly secret: string;
}

/** The text of an API key: 75 characters. @param parts - The secret is one of `newSecret`. */
export function apiKeyText({ id, secret }: ApiKeyParts): string {
  return `${API_KEY_PREFIX}${id}${secret}${checksumOf(id + secret)}`;
}

/** Whether a text is meant to be an API key, well-formed or not. */
export function isApiKeyText(text: string): boolean {
  return text.startsWith(API_KEY_PREFIX);
}

/** @throws {@link InvalidTokenError} when the text was cut or mistyped. */
export function readApiKeyText(text: string): ApiKeyParts {
  const [, id = "", secret = "", checksum] = KEY.exec(text) ?? [];
  if (checksum === undefined) {
    throw new InvalidTokenError("The API key is malformed: a key has 75 characters");
  }
  if (checksum !== checksumOf(id + secret) || !isId(id)) {
    throw new InvalidTokenError("The API key is mistyped: its checksum is wrong");
  }
  return { id, secret };
}

/** CRC-32 in base62 with leading zeros, as GitHub's tokens have it. It tells a mistyped key from a revoked one, and proves nothing. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = "";
  while (digits.length < CHECKSUM_CHARACTERS) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}
