import type { RawDocument } from "./bson/document.js";
import type { KeyField } from "./keys.js";

export interface Sort {
  readonly fields: readonly KeyField[];
  /**
   * The document's place in this order: keys compare bytewise (`Buffer.compare`). Of an array the smallest element
   * counts in a rising, the largest in a falling order.
   */
  key(document: RawDocument): Buffer;
}

/**
 * Compiles a sort specification such as `{ name: 1, size: -1 }`.
 *
 * @throws CommandError 15975 (direction is not 1 or -1), 2 (`$meta`), 15976 (empty), 13103 (more than 32 fields).
 */
export declare function compileSort(sort: RawDocument): Sort;

/** Collects documents in a sort's order within a memory cap, keeping only the first `limit` when there is one. */
export declare class Sorter {
  /** @param options - `limit`: `undefined` keeps all. `maxBytes`: of documents and keys held, default 100 MiB. */
  constructor(sort: Sort, options?: { limit?: number | undefined; maxBytes?: number });
  /** @throws CommandError 292 when more than `maxBytes` would be held. */
  add(document: RawDocument): void;
  /** The documents in order; equal keys keep the order in which they came. */
  sorted(): RawDocument[];
}
