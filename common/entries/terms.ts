import type { Id } from "../platform/ids.js";
import { nameGrams, nameWords } from "./name-words.js";

/** What a term is: a word of a name, a stretch of three characters of it, or a tag. */
type TermKind = "w" | "g" | "t";

/** How much of the owner's id a term has. It is random, so that few owners share it; queries name the owner as well. */
const OWNER_CHARACTERS = 6;

/**
 * A text by which entries are looked up. The owner is part of it: an index over arrays can be bounded by one field alone (the embedded
 * store does no more), and so finds entries of one owner.
 */
export const term = (ownerId: Id, kind: TermKind, text: string): string =>
  ownerId.slice(0, OWNER_CHARACTERS) + kind + text;

/** The terms by which a name is found. They are stored with the name, and change with it. */
function nameTerms(ownerId: Id, { name, nameFolded }: NameForms): string[] {
  return [
    ...nameWords(name).map((word) => term(ownerId, "w", word)),
    ...nameGrams(nameFolded).map((gram) => term(ownerId, "g", gram)),
  ];
}

/** A name as an entry stores it: how it was given, and how it is found. */
export const storedName = <N extends NameForms>(ownerId: Id, name: N) => ({
  ...name,
  nameTerms: nameTerms(ownerId, name),
});

interface NameForms {
  readonly name: string;
  readonly nameFolded: string;
}

/** The terms by which tags are found. */
export const tagTerms = (ownerId: Id, tags: readonly string[]): string[] =>
  tags.map((tag) => term(ownerId, "t", tag));
