import { getField } from "../bson/document.js";
import { describeValue } from "../bson/value.js";
import type { Collection } from "../storage/collection.js";
import { indexKey } from "../storage/layout.js";
import type { Snapshot, StoredDocument } from "../storage/snapshot.js";
import type { IndexState, StoredIndex } from "../storage/stored-index.js";
import { checkDocument } from "../wire/document-check.js";

/** An index, and how many of its entries were found to be right. */
interface CheckedIndex {
  readonly index: StoredIndex;
  readonly state: IndexState;
  right: number;
}

/** Verifies one collection of a snapshot. */
export class CollectionCheck {
  documents = 0;
  bytes = 0;
  entries = 0;
  readonly #snapshot: Snapshot;
  readonly #collection: Collection;
  readonly #indexes: readonly CheckedIndex[];
  readonly #faults: string[] = [];

  constructor(snapshot: Snapshot, collection: Collection) {
    this.#snapshot = snapshot;
    this.#collection = collection;
    this.#indexes = collection.indexes.map((index) => ({
      index,
      state: { ...index.state },
      right: 0,
    }));
  }

  /** @param entryCounts - Of all indexes, by id. @returns What is wrong. */
  run(entryCounts: ReadonlyMap<number, number>): readonly string[] {
    for (const stored of this.#snapshot.documents(this.#collection)) this.#checkDocument(stored);
    this.#checkCounters();
    for (const checked of this.#indexes) {
      const entries = entryCounts.get(checked.index.id) ?? 0;
      this.entries += entries;
      if (entries !== checked.right) this.#findStrays(checked);
      this.#checkState(checked);
    }
    return this.#faults;
  }

  #report(text: string): void {
    this.#faults.push(`${this.#collection.namespace}: ${text}`);
  }

  #checkDocument(stored: StoredDocument): void {
    const { record, document } = stored;
    this.documents += 1;
    this.bytes += document.length;
    if (record >= this.#collection.counters.nextRecord)
      this.#report(`document ${record} has a number that was not given yet`);
    const damage = damageOf(document);
    if (damage !== undefined) this.#report(`document ${record} is damaged: ${damage}`);
    else for (const checked of this.#indexes) this.#checkEntries(checked, stored);
  }

  #checkEntries(checked: CheckedIndex, { record, document }: StoredDocument): void {
    const { index } = checked;
    for (const fields of this.#keysOf(index, document)) {
      const key = indexKey(index.id, fields, index.isUnique ? undefined : record);
      const found = this.#snapshot.recordOfEntry(key);
      if (found === record) checked.right += 1;
      // While an index is built, documents wait for their entries.
      else if (checked.state.isReady)
        this.#report(
          `document ${record} (_id ${idOf(document)}) ${found === undefined ? "is not in" : `is taken for document ${found} by`} index ${index.name}`,
        );
    }
  }

  #keysOf(index: StoredIndex, document: Buffer): Buffer[] {
    try {
      return index.keysOf(document);
    } catch (error) {
      this.#report(
        `document _id ${idOf(document)} cannot be in index ${index.name}: ${String(error)}`,
      );
      return [];
    }
  }

  #checkCounters(): void {
    const { documents, bytes } = this.#collection.counters;
    if (documents !== this.documents)
      this.#report(`the counter says ${documents} documents, there are ${this.documents}`);
    if (bytes !== this.bytes)
      this.#report(`the counter says ${bytes} bytes, there are ${this.bytes}`);
  }

  /** Names the entries that stand for no document, or for one that has another key. */
  #findStrays({ index }: CheckedIndex): void {
    for (const { key, record } of this.#snapshot.entries(index)) {
      const document = this.#snapshot.document(this.#collection, record);
      if (document === undefined)
        this.#report(
          `index ${index.name} has an entry for document ${record}, which does not exist`,
        );
      else if (damageOf(document) === undefined && !this.#isKeyOf(index, { record, document }, key))
        this.#report(
          `index ${index.name} has an entry for document ${record} (_id ${idOf(document)}) with a key that it does not have`,
        );
    }
  }

  #isKeyOf(index: StoredIndex, { record, document }: StoredDocument, key: Buffer): boolean {
    return this.#keysOf(index, document).some((fields) =>
      indexKey(index.id, fields, index.isUnique ? undefined : record).equals(key),
    );
  }

  /** The walk has noted in the state of the index what the documents show. */
  #checkState({ index, state }: CheckedIndex): void {
    const { isMultikey, isTruncated } = index.state;
    if (isMultikey && !state.isMultikey)
      this.#report(`index ${index.name} has arrays, and is not marked so`);
    if (isTruncated && !state.isTruncated)
      this.#report(`index ${index.name} has keys that were cut, and is not marked so`);
  }
}

function damageOf(document: Buffer): string | undefined {
  try {
    if (checkDocument(document, 0, document.length) !== document.length)
      return "it is longer than it says";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return getField(document, "_id") === undefined ? "it has no _id" : undefined;
}

function idOf(document: Buffer): string {
  return describeValue(getField(document, "_id"));
}
