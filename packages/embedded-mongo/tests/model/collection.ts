import { compareKeys, indexKeys, type Key, type KeyPart } from "./index-keys.js";
import { modelMatches, type Query } from "./matching.js";
import type { Field } from "./model.js";

type Fields = readonly Field[];

export interface IndexModel {
  readonly parts: readonly KeyPart[];
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  /** Which documents it holds; `undefined` for all. */
  readonly partial: Query | undefined;
}

/** A collection with its indexes, as plain data: what it refuses and what it holds. */
export class ReferenceCollection {
  readonly #documents = new Map<number, Fields>();
  readonly #indexes: readonly IndexModel[];

  constructor(indexes: readonly IndexModel[]) {
    this.#indexes = indexes;
  }

  get hasUniqueIndex(): boolean {
    return this.#indexes.some(({ isUnique }) => isUnique);
  }

  /** All documents, by rising `_id`. */
  get all(): Fields[] {
    return [...this.#documents].sort(([a], [b]) => a - b).map(([, fields]) => fields);
  }

  get(id: number): Fields | undefined {
    return this.#documents.get(id);
  }

  matching(query: Query): Fields[] {
    return this.all.filter((fields) => modelMatches(fields, query));
  }

  /** Stores a document, in the place of one with the same `_id`; `false` when an index refuses it. */
  put(fields: Fields): boolean {
    const id = idOf(fields);
    const isRefused = this.#indexes.some((index) => this.#refuses(index, id, fields));
    if (!isRefused) this.#documents.set(id, fields);
    return !isRefused;
  }

  delete(id: number): void {
    this.#documents.delete(id);
  }

  #refuses(index: IndexModel, id: number, fields: Fields): boolean {
    const keys = entriesOf(index, fields);
    if (keys === "parallel") return true;
    if (!index.isUnique) return false;
    const others = [...this.#documents.values()].filter((other) => idOf(other) !== id);
    const taken = others.map((other) => entriesOf(index, other)).filter((of) => of !== "parallel");
    return taken
      .flat()
      .some((other) => keys.some((key) => compareKeys(key, other, index.parts) === 0));
  }
}

function entriesOf({ parts, isSparse, partial }: IndexModel, fields: Fields): Key[] | "parallel" {
  if (partial !== undefined && !modelMatches(fields, partial)) return [];
  const keys = indexKeys(fields, parts);
  if (keys === "parallel" || !isSparse) return keys;
  return keys.some((key) => key.some((value) => value !== undefined)) ? keys : [];
}

export function idOf(fields: Fields): number {
  const id = fields.find(([name]) => name === "_id")?.[1];
  if (id?.type !== "int") throw new TypeError("A reference document has an int as its _id");
  return id.value;
}
