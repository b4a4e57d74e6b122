import { open, type RootDatabase, type Transaction } from "lmdb";
import { readCollections, readGarbage, type Garbage } from "./catalogue-store.js";
import type { Collection } from "./collection.js";
import { MAX_TABLES, TABLE, type Table } from "./table.js";
import { requireStore } from "./data-folder.js";
import { checkDataFile, damaged } from "./file-check.js";
import { servingProcess } from "./folder-lock.js";
import { checkFormat } from "./format.js";
import { boundsOfId, decodeRecord, documentKey, recordOfDocumentKey } from "./layout.js";
import { StoreError } from "./store-error.js";
import type { StoredIndex } from "./stored-index.js";
import { writeTables } from "./table-copy.js";

interface Tables {
  readonly meta: Table;
  readonly documents: Table;
  readonly indexes: Table;
}

export interface StoredDocument {
  readonly record: number;
  readonly document: Buffer;
}

export interface StoredEntry {
  readonly key: Buffer;
  readonly record: number;
}

/**
 * A store as its last transaction left it, to be read by a process that does not serve it. LMDB lets other processes
 * read while one writes; none of what is written after the opening is seen, and the pages of this state are used again
 * only after the closing: while a snapshot is open, the file of a busy server grows.
 */
export class Snapshot {
  readonly folder: string;
  readonly collections: readonly Collection[];
  /** What dropped collections and indexes left behind, to be removed by the server. */
  readonly garbage: readonly Garbage[];
  /** The id of the process that serves the folder, if there is one. */
  readonly servedBy: number | undefined;
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #tables: Tables;
  readonly #transaction: Transaction;

  private constructor(folder: string, root: RootDatabase<Buffer, Buffer>) {
    this.folder = folder;
    this.#root = root;
    const table = (name: keyof Tables): Table => {
      // Without a table of this name the library gives nothing, whatever its types say.
      const opened = root.openDB<Buffer, Buffer>({ ...TABLE, name }) as Table | undefined;
      if (opened === undefined) throw damaged(folder);
      return opened;
    };
    this.#tables = {
      meta: table("meta"),
      documents: table("documents"),
      indexes: table("indexes"),
    };
    const { meta } = this.#tables;
    checkFormat(meta, folder);
    // Everything from here on, in one turn of the event loop, is read in this transaction.
    this.#transaction = root.useReadTransaction();
    this.servedBy = servingProcess(meta);
    this.collections = readCollections(meta);
    this.garbage = readGarbage(meta);
  }

  /** @throws StoreError when there is no store in the folder, nobody may read it, or it is damaged or too new. */
  static open(folder: string): Snapshot {
    requireStore(folder);
    checkDataFile(folder);
    try {
      const options = { ...TABLE, path: folder, noSubdir: false, readOnly: true };
      return new Snapshot(folder, open<Buffer, Buffer>({ ...options, maxDbs: MAX_TABLES }));
    } catch (error) {
      throw error instanceof StoreError ? error : damaged(folder, error);
    }
  }

  /** The documents of a collection, in the order of their insertion. */
  *documents({ id }: Collection): Iterable<StoredDocument> {
    for (const { key, value } of this.#tables.documents.getRange(this.#within(id)))
      yield { record: recordOfDocumentKey(key), document: value };
  }

  document({ id }: Collection, record: number): Buffer | undefined {
    return this.#tables.documents.get(documentKey(id, record), this.#reading);
  }

  /** The entries of an index, in their order. */
  *entries({ id }: StoredIndex): Iterable<StoredEntry> {
    for (const { key, value } of this.#tables.indexes.getRange(this.#within(id)))
      yield { key, record: decodeRecord(value) };
  }

  /** The record that the entry with this key points to. */
  recordOfEntry(key: Buffer): number | undefined {
    const value = this.#tables.indexes.get(key, this.#reading);
    return value && decodeRecord(value);
  }

  /** How many documents each collection has, or entries each index, by id; also of ids that the catalogue lacks. */
  countKeys(table: "documents" | "indexes"): Map<number, number> {
    const counts = new Map<number, number>();
    for (const key of this.#tables[table].getKeys(this.#reading)) {
      const id = key.readUInt32BE();
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** Writes a copy without unused pages into an empty folder, see {@link writeTables}. */
  copyInto(folder: string): Promise<void> {
    const { meta, documents, indexes } = this.#tables;
    const entriesOf = (table: Table) => table.getRange(this.#reading);
    return writeTables(folder, {
      meta: entriesOf(meta),
      documents: entriesOf(documents),
      indexes: entriesOf(indexes),
    });
  }

  async close(): Promise<void> {
    this.#transaction.done();
    await this.#root.close();
  }

  get #reading() {
    return { transaction: this.#transaction };
  }

  #within(id: number) {
    return { ...boundsOfId(id), transaction: this.#transaction };
  }
}
