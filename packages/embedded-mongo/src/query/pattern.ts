import { CommandError } from "../errors.js";
import { CharacterClass } from "./character-class.js";
import { SHARED_ESCAPES, readEscape, unsupported } from "./pattern-escape.js";

const MAX_LENGTH = 32_764;
const OPTIONS = new Set(["i", "m", "s", "u"]);
const ASCII_SPACES = "[\\t-\\r ]";
const NOT_ASCII_SPACES = "[^\\t-\\r ]";
/** Groups that mean the same in both: plain, non-capturing, look-around and named ones. */
const SHARED_GROUP = /^\((?!\*)(?!\?)|^\(\?(?::|=|!|<=|<!|<[A-Za-z_]\w*>)/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;

interface Flags {
  readonly isCaseless: boolean;
  readonly isMultiline: boolean;
  readonly isDotAll: boolean;
}

/**
 * Translates a regular expression of MongoDB (PCRE) to JavaScript. The meaning is kept where they differ: `$` also
 * matches before a final newline, `.` stops at `\n` only, `\s` is ASCII. Leading inline flags (`(?i)`) are understood.
 *
 * @throws CommandError 51091 for what JavaScript cannot express (possessive quantifiers, atomic groups, `\A`, back
 * references, POSIX classes, the option x), 51108 for an unknown option.
 */
export function translatePattern(pattern: string, options: string): RegExp {
  if (pattern.length > MAX_LENGTH) throw new CommandError(51091, "Regular expression is too long");
  const inline = /^\(\?([a-z]+)\)/.exec(pattern);
  const flags = readFlags(options + (inline?.[1] ?? ""));
  const source = new Translator(pattern.slice(inline?.[0].length ?? 0), flags).translate();
  try {
    return new RegExp(source, flags.isCaseless ? "iu" : "u");
  } catch (cause) {
    throw new CommandError(51091, `Regular expression is invalid: ${pattern}`, { cause });
  }
}

function readFlags(options: string): Flags {
  for (const option of options) {
    if (option === "x")
      throw new CommandError(51091, "Regular expression option x is not supported here");
    if (!OPTIONS.has(option)) {
      throw new CommandError(51108, `invalid flag in regex options: ${option}`);
    }
  }
  return {
    isCaseless: options.includes("i"),
    isMultiline: options.includes("m"),
    isDotAll: options.includes("s"),
  };
}

class Translator {
  readonly #pattern: string;
  readonly #flags: Flags;
  #at = 0;

  constructor(pattern: string, flags: Flags) {
    this.#pattern = pattern;
    this.#flags = flags;
  }

  translate(): string {
    let source = "";
    while (this.#at < this.#pattern.length) source += this.#next();
    return source;
  }

  #next(): string {
    const rest = this.#pattern.slice(this.#at);
    const quantifier = QUANTIFIER.exec(rest)?.[0];
    if (quantifier !== undefined) return this.#quantifier(quantifier, rest);
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    switch (character) {
      case "\\":
        return this.#escape(rest);
      case "[": {
        const { source, length } = new CharacterClass(rest).translate();
        return this.#take(length, source);
      }
      case "(":
        return this.#group(rest);
      case ".":
        return this.#take(1, this.#flags.isDotAll ? "[^]" : "[^\\n]");
      case "^":
        return this.#take(1, this.#flags.isMultiline ? "(?:(?<![^])|(?<=\\n)(?=[^]))" : "(?<![^])");
      case "$":
        return this.#take(1, this.#flags.isMultiline ? "(?=\\n|(?![^]))" : "(?=\\n?(?![^]))");
      case "]":
      case "{":
      case "}":
        return this.#take(1, `\\${character}`);
      default:
        return this.#take(character.length, character);
    }
  }

  #take(length: number, source: string): string {
    this.#at += length;
    return source;
  }

  #quantifier(quantifier: string, rest: string): string {
    if (rest[quantifier.length] === "+") throw unsupported("possessive quantifiers");
    const isLazy = rest[quantifier.length] === "?";
    return this.#take(quantifier.length + (isLazy ? 1 : 0), isLazy ? `${quantifier}?` : quantifier);
  }

  #group(rest: string): string {
    const group = SHARED_GROUP.exec(rest)?.[0];
    if (group === undefined) throw unsupported(`the group ${rest.slice(0, 4)}`);
    return this.#take(group.length, group);
  }

  #escape(rest: string): string {
    const escape = readEscape(rest);
    if (escape !== undefined) return this.#take(escape.length, escape.source);
    const [, letter = ""] = rest;
    if (SHARED_ESCAPES.has(letter) || letter === "B") return this.#take(2, `\\${letter}`);
    if (letter === "s") return this.#take(2, ASCII_SPACES);
    if (letter === "S") return this.#take(2, NOT_ASCII_SPACES);
    throw unsupported(`\\${letter}`);
  }
}

/**
 * The text with which every match begins, when the pattern is anchored (`^abc`): it bounds an index scan.
 * Empty when there is none.
 */
export function literalPrefixOf(pattern: string, options: string): string {
  const isPlain = !/[imx]/.test(options) && pattern.startsWith("^") && !pattern.includes("|");
  if (!isPlain) return "";
  let prefix = "";
  let at = 1;
  for (;;) {
    const literal = /^(?:\\([^A-Za-z0-9])|([^\\^$.*+?()[\]{}]))/su.exec(pattern.slice(at));
    if (literal === null) return prefix;
    at += literal[0].length;
    // What follows may allow the character to be absent.
    if (/^[*?{]/.test(pattern.slice(at))) return prefix;
    prefix += literal[1] ?? literal[2] ?? "";
  }
}
