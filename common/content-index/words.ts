import { setImmediate } from "node:timers/promises";
import { fold } from "../entries/folding.js";
import { BETWEEN_WORDS, dictionaryWords, UNSPACED } from "../entries/name-words.js";

/** How many different words of a content are kept: the first ones. */
export const MOST_WORDS = 2000;

/** How much of the text of a content is read, in UTF-16 code units. */
export const MOST_CHARACTERS = 1024 ** 2;

/** How long a word is, folded. In scripts without spaces one character may be a word. */
export const LONGEST_WORD = 64;
const SHORTEST_WORD = 2;

/** So much text is split at once. Then it is the turn of others. */
const PIECE_CHARACTERS = 16 * 1024;

/**
 * The words of a text, folded as the words of names are, each as often as it comes: what stands between spaces and punctuation, and, in scripts
 * without spaces, what a dictionary says. Only words of 2 to 64 characters count.
 */
export function* wordsOf(text: string): Generator<string, void, undefined> {
  for (const token of tokensOf(text)) {
    const isUnspaced = UNSPACED.test(token);
    // A token that is too long before it is folded does not get short by that.
    if (!isUnspaced && token.length > 4 * LONGEST_WORD) continue;
    for (const part of isUnspaced ? dictionaryWords(token) : [token]) {
      const word = fold(part);
      if (isWord(word)) yield word;
    }
  }
}

/** Whether a query has a word that no index has, because it is too long. */
export const hasTooLongWord = (query: string): boolean =>
  tokensOf(query).some((token) => !UNSPACED.test(token) && lengthOf(fold(token)) > LONGEST_WORD);

/** Some forms of compatibility are several words. */
const tokensOf = (text: string) => text.normalize("NFKC").split(BETWEEN_WORDS);

function isWord(word: string): boolean {
  const length = lengthOf(word);
  return length <= LONGEST_WORD && (length >= SHORTEST_WORD || UNSPACED.test(word));
}

const lengthOf = (word: string) => Array.from(word).length;

/**
 * The first {@link MOST_WORDS} different words of a text, from its first {@link MOST_CHARACTERS}. Nothing that lies behind these is read.
 *
 * @param pieces - A word ends with its piece.
 */
export async function collectWords(
  pieces: AsyncIterable<string> | Iterable<string>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  let left = MOST_CHARACTERS;
  for await (const piece of pieces) {
    const text = piece.slice(0, left);
    left -= text.length;
    for (const part of partsOf(text)) {
      addWords(words, part);
      if (words.size >= MOST_WORDS) return words;
      await setImmediate(undefined, { signal });
    }
    if (left <= 0) return words;
  }
  return words;
}

function addWords(words: Set<string>, text: string): void {
  for (const word of wordsOf(text)) {
    if (words.size >= MOST_WORDS) return;
    words.add(word);
  }
}

/** A text in parts, which end between words where there is such a place. */
function* partsOf(text: string): Generator<string, void, undefined> {
  let first = 0;
  while (first < text.length) {
    const rest = text.slice(first + PIECE_CHARACTERS, first + 2 * PIECE_CHARACTERS);
    const end = rest.search(BETWEEN_WORDS);
    const last = first + PIECE_CHARACTERS + (end === -1 ? rest.length : end);
    yield text.slice(first, last);
    first = last;
  }
}
