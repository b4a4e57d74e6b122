/** How the text of a kind of markup is read. Elements are named without their prefix, in lower case. */
export interface MarkupForm {
  /** Elements whose content is no text for people. */
  readonly skipped: ReadonlySet<string>;
  /** Whether a tag stands between two words. */
  readonly separates: (element: string) => boolean;
  /** The elements that have text; all have where it is missing. */
  readonly textIn?: ReadonlySet<string>;
}

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(" "));

/** Elements of HTML and OpenDocument that may stand in the middle of a word. */
const INLINE = setOf(
  "a abbr b bdi bdo bookmark cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr",
);

/** HTML, SVG, and documents of OpenDocument. */
export const HTML: MarkupForm = {
  skipped: setOf("script style template tracked-changes"),
  separates: (element) => !INLINE.has(element),
};

/** XML of which nothing is known. */
export const XML: MarkupForm = { skipped: new Set(), separates: () => true };

/** Where text ends in Office Open XML. A run of letters may end in the middle of a word. */
const OFFICE_ENDS = setOf("p tab br cr si is rph c tr tc row comment");

/** Office Open XML: what was deleted, and what fields compute, is in other elements. */
export const OFFICE: MarkupForm = {
  skipped: new Set(),
  separates: (element) => OFFICE_ENDS.has(element),
  textIn: setOf("t"),
};

/** A tag, from behind its `<`: whether it closes, its prefix, and its name. */
const TAG = /^(\/?)([A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})/;
/** Enough of a tag to know that. */
const TAG_CHARACTERS = 128;

/** What is no tag, and where it ends. */
const PARTS: readonly (readonly [start: string, end: string])[] = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", ">"],
  ["<!", ">"],
];

/**
 * The text of markup, without tags. Nothing is run, loaded or looked up, and there is an answer for any text: it need not be well-formed. The
 * time is linear in its length.
 */
export function markupText(markup: string, form: MarkupForm): string {
  return new MarkupReader(markup, form).read();
}

class MarkupReader {
  readonly #markup: string;
  readonly #form: MarkupForm;
  readonly #text: string[] = [];
  /** Where it reads next. */
  #at = 0;
  /** The element that was opened last, and not closed. */
  #inside = "";

  constructor(markup: string, form: MarkupForm) {
    this.#markup = markup;
    this.#form = form;
  }

  read(): string {
    while (this.#at < this.#markup.length) {
      const open = this.#indexOf("<", this.#at);
      this.#take(decodeEntities(this.#markup.slice(this.#at, open)));
      this.#at = open;
      if (open < this.#markup.length) this.#readPart();
    }
    return this.#text.join("");
  }

  #readPart(): void {
    const part = PARTS.find(([start]) => this.#markup.startsWith(start, this.#at));
    if (part === undefined) {
      this.#readTag();
      return;
    }
    const [start, end] = part;
    const last = this.#indexOf(end, this.#at + start.length);
    if (start === "<![CDATA[") this.#take(this.#markup.slice(this.#at + start.length, last));
    this.#at = last + end.length;
  }

  #readTag(): void {
    const first = this.#at + 1;
    const tag = TAG.exec(this.#markup.slice(first, first + TAG_CHARACTERS));
    if (tag === null) {
      this.#take(" ");
      this.#at = first;
      return;
    }
    const [, closing, prefix = "", local = ""] = tag;
    const name = local.toLowerCase();
    const last = this.#indexOf(">", first);
    const isOpen = closing === "" && this.#markup[last - 1] !== "/";
    if (this.#form.separates(name)) this.#text.push(" ");
    this.#inside = isOpen ? name : "";
    this.#at = last + 1;
    if (isOpen && this.#form.skipped.has(name)) this.#skip(`</${prefix}${local}`);
  }

  /** HTML does not care about letter case; the longest of these elements are closed as they were opened. */
  #skip(end: string): void {
    const closing = new RegExp(end.replaceAll(".", "\\."), "gi");
    closing.lastIndex = this.#at;
    this.#at = closing.exec(this.#markup)?.index ?? this.#markup.length;
  }

  #take(text: string): void {
    const { textIn } = this.#form;
    if (textIn === undefined || textIn.has(this.#inside)) this.#text.push(text);
  }

  /** The end of all where it does not come. */
  #indexOf(text: string, from: number): number {
    const at = this.#markup.indexOf(text, from);
    return at === -1 ? this.#markup.length : at;
  }
}

const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]{2,8}));/g;

/** Letters of HTML that are no letter with an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", shy: "" },
  ...{ szlig: "ß", aelig: "æ", oslash: "ø", eth: "ð", thorn: "þ", oelig: "œ" },
};

const ACCENTED = /^([A-Za-z])(?:uml|acute|grave|circ|tilde|cedil|ring|caron)$/;

/** Accents do not count in words, so a letter stands for itself with any accent. What is not known separates words. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(ENTITY, decodeEntity);
}

function decodeEntity(...[, decimal, hex, name = ""]: (string | undefined)[]): string {
  if (decimal !== undefined) return characterOf(Number(decimal));
  if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
  return ACCENTED.exec(name)?.[1] ?? LETTERS[name.toLowerCase()] ?? " ";
}

const characterOf = (code: number) => (code <= 0x10ffff ? String.fromCodePoint(code) : " ");
