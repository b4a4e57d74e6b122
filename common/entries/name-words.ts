import { fold } from "./folding.js";

/** A name of 255 bytes rarely has half as many. What is beyond is found by any part of the name. */
const MOST_WORDS = 64;

/** How many characters are looked up together to find any part of a name. */
const GRAM_CHARACTERS = 3;

/** What stands between words. */
export const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;
/** `PDFFile2` has three: a row of capitals, a word that may begin with one, and a number. */
const PARTS = /\p{N}+|\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\p{N}\p{Lu}]+|\p{Lu}/gu;
/** Scripts that put no spaces between words. */
export const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const BY_DICTIONARY = new Intl.Segmenter("und", { granularity: "word" });

/**
 * The words of a name, folded, each once: what stands between spaces and punctuation, and its parts, which end where the letter case
 * rises, between letters and digits, and, in scripts without spaces, where a dictionary says.
 */
export function nameWords(name: string): string[] {
  const words = new Set<string>();
  for (const token of tokensOf(name)) {
    words.add(fold(token));
    for (const part of partsOf(token)) words.add(fold(part));
  }
  words.delete("");
  return [...words].slice(0, MOST_WORDS);
}

/** The words of a query. Each has to begin a word of the name. They are not split further, but where a script has no spaces. */
export function queryWords(query: string): string[] {
  const words = tokensOf(query).flatMap((token) => (UNSPACED.test(token) ? partsOf(token) : token));
  return [...new Set(words.map(fold))].filter((word) => word !== "");
}

/** All stretches of three characters of a folded name, and what is left at its end: each part of the name begins with one. */
export function nameGrams(folded: string): string[] {
  const characters = Array.from(folded);
  const grams = characters.map((_, at) => characters.slice(at, at + GRAM_CHARACTERS).join(""));
  return [...new Set(grams)];
}

/** The stretches that a name must have to have this part. One that is shorter than {@link GRAM_CHARACTERS} is the beginning of one. */
export function partGrams(folded: string): string[] {
  const characters = Array.from(folded);
  if (characters.length <= GRAM_CHARACTERS) return [folded];
  return nameGrams(folded).filter((gram) => Array.from(gram).length === GRAM_CHARACTERS);
}

/** Whether a stretch is the beginning of one only. */
export const isPartOfGram = (gram: string) => Array.from(gram).length < GRAM_CHARACTERS;

const tokensOf = (text: string) => text.split(BETWEEN_WORDS).filter((token) => token !== "");

function partsOf(token: string): string[] {
  const parts = token.match(PARTS) ?? [];
  return parts.flatMap((part) => (UNSPACED.test(part) ? dictionaryWords(part) : part));
}

/** The words of a text in a script without spaces. */
export const dictionaryWords = (text: string) =>
  Array.from(BY_DICTIONARY.segment(text), ({ segment }) => segment);
