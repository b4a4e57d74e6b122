import type { RawDocument } from "../bson/document.js";
import type { DocumentSource } from "./document-source.js";

/** Documents that are all there already: descriptions of collections and indexes. */
export class ListedDocuments implements DocumentSource {
  readonly #documents: readonly RawDocument[];
  #position = 0;

  constructor(documents: readonly RawDocument[]) {
    this.#documents = documents;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#documents.length;
  }

  next(): RawDocument | undefined {
    return this.#documents[this.#position++];
  }

  release(): void {
    // Nothing is held.
  }
}
