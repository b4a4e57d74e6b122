import { boundsOfId, documentKey, recordOfDocumentKey } from "../storage/layout.js";
import { planKilled, type Scan, type ScanContext } from "./scan.js";

const FIRST_BLOCK_RECORDS = 16;
const LARGEST_BLOCK_RECORDS = 512;

/** Walks over all documents of a collection in the order of their insertion, or against it; see {@link Scan}. */
export class CollectionScan implements Scan {
  readonly keysExamined = 0;
  readonly #context: ScanContext;
  readonly #isBackward: boolean;
  #block: number[] = [];
  #position = 0;
  #blockRecords = FIRST_BLOCK_RECORDS;
  #isReadToEnd = false;
  #last: number | undefined;

  constructor(context: ScanContext, isBackward: boolean) {
    this.#context = context;
    this.#isBackward = isBackward;
  }

  next(): number | undefined {
    if (this.#position >= this.#block.length && !this.#isReadToEnd) this.#readBlock();
    const record = this.#block[this.#position];
    this.#position += 1;
    if (record !== undefined) this.#last = record;
    return record;
  }

  release(): void {
    this.#block = [];
    this.#position = 0;
    this.#isReadToEnd = false;
  }

  #readBlock(): void {
    const { environment, collection } = this.#context;
    if (collection.isDropped) throw planKilled("The collection was dropped");
    const limit = this.#blockRecords;
    const keys = environment.documents.getKeys({ ...this.#bounds(collection.id), limit });
    this.#block = [...keys].map(recordOfDocumentKey);
    this.#position = 0;
    this.#isReadToEnd = this.#block.length < limit;
    this.#blockRecords = Math.min(limit * 2, LARGEST_BLOCK_RECORDS);
  }

  #bounds(id: number) {
    const { start, end } = boundsOfId(id);
    const last = this.#last;
    if (!this.#isBackward)
      return { start: last === undefined ? start : documentKey(id, last + 1), end };
    const from = last === undefined ? end : documentKey(id, last);
    return { start: from, exclusiveStart: true, end: start, inclusiveEnd: true, reverse: true };
  }
}
