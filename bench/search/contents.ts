import type { Db } from "mongodb";
import type { IndexedContent } from "../../common/content-index/repository.js";
import { TermHashes } from "../../common/content-index/terms.js";
import type { FileEntry } from "../../common/entries/entry.js";
import { Keyring } from "../../common/storage/keyring.js";

/** What a text of 4 KiB has: some 700 words, of which about 300 are different. */
const WORDS_IN_A_TEXT = 700;
const VOCABULARY = 50_000;

export const HASHES = new TermHashes(new Keyring([]));

/** The words of the content of a file: few words are in most texts, and most words in few (Zipf's law). The same ones each time. */
function wordsOf(n: number): Set<string> {
  const words = new Set(["everywhere", `only${n}`]);
  if (n % 10 === 0) words.add("tenth");
  if (n % 1000 === 7) words.add("needle");
  let seed = n + 1;
  for (let count = 0; count < WORDS_IN_A_TEXT; count += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    words.add(`word${Math.floor(VOCABULARY ** (seed / 2_147_483_647))}`);
  }
  return words;
}

/** The document that the pipeline stores for a file. */
export function makeContent({ ownerId, versionId, _id: fileId }: FileEntry, n: number) {
  return { _id: versionId, ownerId, fileId, ...HASHES.current(ownerId, wordsOf(n)) };
}

/** Stores the words of some files, of which the first has a number. */
export async function makeContents(db: Db, files: readonly FileEntry[], first: number) {
  const contents = files.map((file, n) => makeContent(file, first + n));
  await db.collection<IndexedContent>("contentIndex").insertMany(contents);
}
