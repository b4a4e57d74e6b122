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
