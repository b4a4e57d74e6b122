import { InvalidNameError } from "./errors.js";
import { cutToBytes, fold, sortKey } from "./folding.js";

const MAX_NAME_BYTES = 255;
/** In code units: a longer text has more bytes than are allowed, also after NFC. */
const MOST_CODE_UNITS = 3 * MAX_NAME_BYTES;

const CONTROL = /\p{Cc}/u;
const PATH_SEPARATOR = /[/\\]/;
/**
 * The embeddings, overrides and isolates, which reorder whole stretches and so can disguise an extension (Unicode Bidirectional Algorithm,
 * UAX #9, §2). The marks U+061C, U+200E and U+200F cannot, and stand in every Arabic date.
 */
export const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/;
/** The replacement character stands for bytes that were not UTF-8; a lone surrogate is not a character. */
const NOT_TEXT = /[\ufffd]|\p{Cs}/u;
const INVISIBLE = /^[\s\p{Default_Ignorable_Code_Point}]+$/u;

/** The name of a file or folder in the forms that are stored. */
export interface EntryName {
  /** As given, in Unicode normalization form C. */
  readonly name: string;
  /** Decides whether two names are the same: they are when the key is, letter case included. */
  readonly nameKey: string;
  /** Without accents and letter case: what searches compare. */
  readonly nameFolded: string;
  /** Sorts byte by byte: `a2` before `a10`. */
  readonly nameSort: string;
}

/**
 * Checks a name: at most 255 bytes of UTF-8 after NFC; not empty, `.`, `..` or invisible; no control or path characters,
 * and none that reorder others. Marks of direction, joiners and variation selectors are accepted: names of people have them.
 *
 * @throws {@link InvalidNameError}
 */
export function parseName(given: string): EntryName {
  // Putting many combining marks in order takes far more time than it takes to send them.
  const name = given.length > MOST_CODE_UNITS ? given : given.normalize("NFC");
  const reason = whyInvalid(name);
  if (reason !== undefined) throw new InvalidNameError(reason);
  const nameFolded = fold(name);
  return { name, nameKey: name, nameFolded, nameSort: sortKey(nameFolded) };
}

/** The last segment of a path that a browser or tool sent as a file name (RFC 7578 §4.2). */
export function lastPathSegment(given: string): string {
  return given.slice(Math.max(given.lastIndexOf("/"), given.lastIndexOf("\\")) + 1);
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
  if (INVISIBLE.test(name)) return "has only spaces and invisible characters";
  if (NOT_TEXT.test(name)) return "is not valid Unicode text";
  if (CONTROL.test(name)) return "has control characters";
  if (PATH_SEPARATOR.test(name)) return "has a path separator";
  if (BIDI_CONTROL.test(name)) return "has characters that change the direction of writing";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}
