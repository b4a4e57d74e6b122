import type { BsonElement, RawDocument } from "./document.js";
import { sizeOfValue } from "./layout.js";

/** With more names a set of strings is quicker than to look at bytes. */
const MAX_COMPARED = 16;

/** Neighbouring fields that nobody asked for, ready to be spliced into another document. */
export interface UnnamedFields {
  readonly name?: undefined;
  readonly raw: Buffer;
}

/**
 * Goes through a document of which only some fields matter, and makes objects of these only: what lies between them
 * comes as the bytes that it is, whether it is one field or a million.
 *
 * @param names - Of the fields that matter.
 */
export function* stretchesOf(
  document: RawDocument,
  names: Iterable<string>,
): Iterable<BsonElement | UnnamedFields> {
  const wanted = new NameSet(names);
  let from = 4;
  let at = 4;
  for (let type = document[at] ?? 0; type !== 0; type = document[at] ?? 0) {
    let nameEnd = at + 1;
    while ((document[nameEnd] ?? 0) !== 0) nameEnd += 1;
    const end = nameEnd + 1 + sizeOfValue(type, document, nameEnd + 1);
    if (wanted.has(document, at + 1, nameEnd)) {
      if (at > from) yield { raw: document.subarray(from, at) };
      yield {
        name: document.toString("utf8", at + 1, nameEnd),
        type,
        bytes: document.subarray(nameEnd + 1, end),
        raw: document.subarray(at, end),
      };
      from = end;
    }
    at = end;
  }
  if (at > from) yield { raw: document.subarray(from, at) };
}

/** Names that are looked for in raw documents. */
class NameSet {
  readonly #names: ReadonlySet<string>;
  /** `undefined` when there are too many. */
  readonly #encoded: readonly Buffer[] | undefined;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
    if (this.#names.size <= MAX_COMPARED)
      this.#encoded = [...this.#names].map((name) => Buffer.from(name));
  }

  /** Whether the name at this place of a document is one of them. */
  has(document: RawDocument, start: number, end: number): boolean {
    if (this.#encoded === undefined) return this.#names.has(document.toString("utf8", start, end));
    for (const name of this.#encoded)
      if (name.length === end - start && isAt(document, start, name)) return true;
    return false;
  }
}

function isAt(document: RawDocument, start: number, name: Buffer): boolean {
  for (let at = 0; at < name.length; at += 1) if (document[start + at] !== name[at]) return false;
  return true;
}
