/**
 * What a member of a dictionary holds, without its parameters. Of all values that RFC 9651 knows, only those are told apart that
 * a field of ours has; any other is well-formed and `other`.
 */
export type DictionaryValue =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "integer"; readonly integer: number }
  | { readonly kind: "other" };

// No two parts that stand next to each other may take the same characters: where a match fails, both would share them out in all ways.
const KEY = "[a-z*][a-z0-9_.*-]*";
const BYTES = ":[A-Za-z0-9+/]*={0,2}:";
const INTEGER = "-?\\d{1,15}(?![\\d.])";
const DECIMAL = "-?\\d{1,12}\\.\\d{1,3}";
const STRING = '"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\])*"';
const TOKEN = "[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*";
const BOOLEAN = "\\?[01]";
const DATE = "@-?\\d{1,15}";
const DISPLAY_STRING = '%"(?:[\\x20\\x21\\x23\\x24\\x26-\\x7e]|%[0-9a-f]{2})*"';

const BARE_ITEM = `(?:${[BYTES, INTEGER, DECIMAL, STRING, TOKEN, BOOLEAN, DATE, DISPLAY_STRING].join("|")})`;
const PARAMETERS = `(?:; *${KEY}(?:=${BARE_ITEM})?)*`;
const ITEM = BARE_ITEM + PARAMETERS;
const INNER_LIST = `\\( *(?:${ITEM}(?: +${ITEM})* *)?\\)`;

/** A key without a value is true (RFC 9651 §3.2). */
const MEMBER = new RegExp(`(${KEY})(?:=(${BARE_ITEM}|${INNER_LIST}))?${PARAMETERS}`, "y");
const COMMA = /[ \t]*,[ \t]*/y;
const SPACES = / */y;
const END = / *$/y;

/**
 * Reads a field that is a dictionary (RFC 9651 §4.2.2). Of a key that stands there twice the last value counts.
 *
 * @param field - The lines of the field, joined by commas; may be empty.
 * @returns `undefined` when it is malformed.
 */
export function parseDictionary(field: string): ReadonlyMap<string, DictionaryValue> | undefined {
  const members = new Map<string, DictionaryValue>();
  if (matchAt(END, field, 0) !== null) return members;
  for (let at = matchAt(SPACES, field, 0)?.[0].length ?? 0; ;) {
    const [member, key, value] = matchAt(MEMBER, field, at) ?? [];
    if (member === undefined || key === undefined) return undefined;
    // Whoever serialises a dictionary again has the later one in the later one's place.
    members.delete(key);
    members.set(key, readValue(value ?? "?1"));
    at += member.length;
    if (matchAt(END, field, at) !== null) return members;
    const [comma] = matchAt(COMMA, field, at) ?? [];
    if (comma === undefined) return undefined;
    at += comma.length;
  }
}

/** Writes one member that is a byte sequence (RFC 9651 §4.1.8). */
export function serializeBytes(key: string, bytes: Buffer): string {
  return `${key}=:${bytes.toString("base64")}:`;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function readValue(text: string): DictionaryValue {
  if (text.startsWith(":")) {
    return { kind: "bytes", bytes: Buffer.from(text.slice(1, -1), "base64") };
  }
  return /^-?\d+$/.test(text) ? { kind: "integer", integer: Number(text) } : { kind: "other" };
}
