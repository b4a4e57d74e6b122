import { CommandError } from "../errors.js";

const SYNTAX_CHARACTERS = new Set("^$\\.*+?()[]{}|/");

/** Letters whose escapes mean the same in PCRE and in JavaScript, inside and outside of `[...]`. */
export const SHARED_ESCAPES = new Set("dDwWbnrtf");

/** Escapes of one character or property, which stand both inside and outside of `[...]`. */
export function readEscape(rest: string): { source: string; length: number } | undefined {
  const hex = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest);
  if (hex) return { source: `\\u{${hex[1] ?? hex[2] ?? "0"}}`, length: hex[0].length };
  const property = /^\\([pP])(?:([A-Z])|\{(\^?)(\w+)\})/.exec(rest);
  if (property && property[3] !== "^") {
    const name = property[2] ?? property[4] ?? "";
    return { source: `\\${property[1] ?? "p"}{${name}}`, length: property[0].length };
  }
  const escaped = rest.codePointAt(1);
  if (escaped === undefined)
    throw new CommandError(51091, "Regular expression is invalid: \\ at end of pattern");
  const character = String.fromCodePoint(escaped);
  if (/[A-Za-z0-9]/.test(character)) return undefined;
  const source = SYNTAX_CHARACTERS.has(character) ? `\\${character}` : character;
  return { source, length: 1 + character.length };
}

export function unsupported(what: string): CommandError {
  return new CommandError(51091, `Regular expression is not supported here: ${what}`);
}
