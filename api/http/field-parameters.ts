/** One `; name=value`; the value is a quoted string or a run of characters that need no quotes. Empty ones are allowed. */
const PARAMETER =
  /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\[^])*)"|([^ \t;"]+)))?/y;

/**
 * Reads the parameters behind the first word of a header field (RFC 9110 §5.6.6), by lower-case name.
 *
 * In a quoted string only `\"` and `\\` are escapes. Any other backslash stands for itself: browsers write file names
 * without escaping it, and no known sender escapes a character that needs none.
 *
 * @param text - What follows the word: empty, or beginning with `;`.
 * @returns `undefined` when the text is malformed, or names one parameter twice: readers that disagree about which one
 * counts are how files slip past checks.
 */
export function parseParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  const scanner = new RegExp(PARAMETER);
  const end = text.trimEnd().length;
  while (scanner.lastIndex < end) {
    const match = scanner.exec(text);
    if (match === null) return undefined;
    const [, name, quoted, plain = ""] = match;
    if (name === undefined) continue;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(["\\])/g, "$1") ?? plain);
  }
  return parameters;
}

/** The charsets that we read. All text in US-ASCII is text in UTF-8. */
export type Charset = "utf-8" | "us-ascii";

/**
 * Reads the name of a charset. `utf8` and `ascii` are not registered, and many say them.
 *
 * @returns `undefined` for any other charset.
 */
export function parseCharset(name: string): Charset | undefined {
  if (/^utf-?8$/i.test(name)) return "utf-8";
  return /^(?:us-)?ascii$/i.test(name) ? "us-ascii" : undefined;
}

/**
 * The charset of text of a type (a `Content-Type` field).
 *
 * @param byDefault - That of a type that names none.
 * @returns `undefined` for a charset that we do not read, and for malformed parameters.
 */
export function charsetOf(type: string, byDefault: Charset): Charset | undefined {
  const semicolon = type.indexOf(";");
  if (semicolon === -1) return byDefault;
  const parameters = parseParameters(type.slice(semicolon));
  return parameters && parseCharset(parameters.get("charset") ?? byDefault);
}
