import { SHARED_ESCAPES, readEscape, unsupported } from "./pattern-escape.js";

const ASCII_SPACES = "\\t-\\r ";
const NOT_ASCII_SPACES = "\\u{0}-\\u{8}\\u{e}-\\u{1f}!-\\u{10ffff}";

/** Translates a `[...]` of PCRE to JavaScript with the flag u. */
export class CharacterClass {
  readonly #text: string;
  #at = 1;

  /** @param text - Begins with `[`. */
  constructor(text: string) {
    this.#text = text;
  }

  /** @returns The class in JavaScript and its length in the pattern. */
  translate(): { source: string; length: number } {
    let source = "[";
    if (this.#text[this.#at] === "^") source += this.#take(1, "^");
    // A bracket that comes first is a member, not the end.
    if (this.#text[this.#at] === "]") source += this.#take(1, "\\]");
    while (this.#text[this.#at] !== "]") {
      if (this.#at >= this.#text.length) throw unsupported("a missing ]");
      source += this.#next();
    }
    return { source: `${source}]`, length: this.#at + 1 };
  }

  #take(length: number, source: string): string {
    this.#at += length;
    return source;
  }

  #next(): string {
    const rest = this.#text.slice(this.#at);
    if (/^\[[:.=]/.test(rest)) throw unsupported("POSIX character classes");
    if (rest.startsWith("[")) return this.#take(1, "\\[");
    if (!rest.startsWith("\\")) {
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      return this.#take(character.length, character);
    }
    if (rest.startsWith("\\-")) return this.#take(2, "\\-");
    const escape = readEscape(rest);
    if (escape !== undefined) return this.#take(escape.length, escape.source);
    const [, letter = ""] = rest;
    if (SHARED_ESCAPES.has(letter)) return this.#take(2, `\\${letter}`);
    if (letter === "s") return this.#take(2, ASCII_SPACES);
    if (letter === "S") return this.#take(2, NOT_ASCII_SPACES);
    throw unsupported(`\\${letter} in a character class`);
  }
}
