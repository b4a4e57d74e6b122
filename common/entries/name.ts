import { InvalidNameError } from "./errors.js";

const MAX_NAME_BYTES = 255;
const MAX_SORT_KEY_BYTES = 512;

const CONTROL = /\p{Cc}/u;
const PATH_SEPARATOR = /[/\\]/;
/** The characters that reorder or hide what stands after them (Unicode Bidirectional Algorithm, UAX #9, §2). */
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** The replacement character stands for bytes that were not UTF-8; a lone surrogate is not a character. */
const NOT_TEXT = /[\ufffd]|\p{Cs}/u;
const COMBINING_MARKS = /\p{Mn}/gu;

/** The name of a file or folder in the three forms that are stored. */
export interface EntryName {
  /** As given, in Unicode normalization form C. */
  readonly name: string;
  /** Decides whether two names are the same: they are when the key is, letter case included. */
  readonly nameKey: string;
  /** Sorts, and finds by prefix: without accents and letter case. */
  readonly nameSort: string;
}

/**
 * Checks a name: at most 255 bytes of UTF-8 after NFC; not empty, `.`, `..` or only spaces; no control, path or
 * bidirectional control characters.
 *
 * @throws {@link InvalidNameError}
 */
export function parseName(given: string): EntryName {
  const name = given.normalize("NFC");
  const reason = whyInvalid(name);
  if (reason !== undefined) throw new InvalidNameError(reason);
  return { name, nameKey: name, nameSort: sortKey(name) };
}

/** The last segment of a path that a browser or tool sent as a file name (RFC 7578 §4.2). */
export function lastPathSegment(given: string): string {
  return given.slice(given.search(/[^/\\]*$/));
}

/**
 * Folds a name, or the beginning of one, for sorting and searching. Lower, upper and lower case in turn make `ẞ`, `ß` and `ss`
 * the same. Both forms of the small sigma become one, because a final sigma may not be final in a longer name.
 */
export function sortKey(name: string): string {
  const folded = name
    .normalize("NFD")
    .replace(COMBINING_MARKS, "")
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .normalize("NFC");
  return cutToBytes(folded, MAX_SORT_KEY_BYTES);
}

/** `name.ext` as `name (2).ext`; the part before the number is cut where the whole would be too long. */
export function numberedName(name: string, number: number): EntryName {
  const dot = name.lastIndexOf(".");
  const [base, extension] =
    dot > 0 && name.length - dot <= 32 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  const suffix = ` (${number})${extension}`;
  return parseName(cutToBytes(base, MAX_NAME_BYTES - Buffer.byteLength(suffix)) + suffix);
}

function whyInvalid(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name === "." || name === "..") return "is a path, not a name";
  if (/^\s+$/u.test(name)) return "has only spaces";
  if (NOT_TEXT.test(name)) return "is not valid Unicode text";
  if (CONTROL.test(name)) return "has control characters";
  if (PATH_SEPARATOR.test(name)) return "has a path separator";
  if (BIDI_CONTROL.test(name)) return "has characters that change the direction of writing";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}

/** The longest beginning of a text that has at most so many bytes in UTF-8, without half a character at its end. */
function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
