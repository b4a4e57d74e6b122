import type { RawDocument } from "./bson/document.js";

/** One field of an index or a sort: a dotted path and a direction. */
export interface KeyField {
  readonly path: string;
  readonly direction: 1 | -1;
}

export interface DocumentKeys {
  /** Distinct keys of the document, rising; each is the concatenation of the encoded fields (descending ones complemented). */
  readonly keys: Buffer[];
  /** An array was expanded: the document may have more than one key and ranges of two predicates may not be intersected. */
  readonly isMultikey: boolean;
  /** At least one indexed field is there; a sparse index holds only such documents. */
  readonly hasAnyField: boolean;
}

/**
 * Compiles a key pattern to the function that gives a document's keys, as MongoDB's key generator does:
 * arrays are expanded (one level at the end of a path), a missing field is null, an empty array is undefined.
 *
 * @throws CommandError 171 (CannotIndexParallelArrays) from the returned function when two fields lie in different arrays.
 */
export declare function compileKeys(
  fields: readonly KeyField[],
): (document: RawDocument) => DocumentKeys;
