import { CommandError } from "../errors.js";
import { Catalogue } from "./catalogue.js";
import type { Collection } from "./collection.js";
import { type Environment, openEnvironment } from "./environment.js";
import { damaged } from "./file-check.js";
import { GarbageCollector } from "./garbage-collector.js";
import { buildIndex, finishBuild, type IndexBuild } from "./index-build.js";
import { decodeRecord, documentKey, indexKey, storedFields } from "./layout.js";
import type { StoredIndex } from "./stored-index.js";
import type { Transaction } from "./transaction.js";
import { WriteQueue } from "./write-queue.js";

export interface StoreOptions {
  readonly folder: string;
  /** Inserts are refused when less than this is free on the disk, so that deletes still work; default 64 MiB. */
  readonly reserveBytes?: number | undefined;
  /** Something failed that no client waits for. */
  readonly onError: (error: Error) => void;
  /** The store cannot be written any more; the process should end. */
  readonly onFatal: (error: Error) => void;
}

export interface IndexCreation {
  /** Gives the index that makes the new one superfluous; may throw to refuse. */
  readonly findExisting: (collection: Collection) => StoredIndex | undefined;
  /** Called now and then while the index is filled; throws to give up. */
  readonly check: () => void;
}

const DEFAULT_RESERVE_BYTES = 64 * 1024 * 1024;

/** Documents, indexes and their catalogue in one data folder. */
export class Store {
  readonly environment: Environment;
  readonly catalogue: Catalogue;
  readonly #writes: WriteQueue;
  readonly #garbage: GarbageCollector;
  readonly #builds = new Map<StoredIndex, Promise<void>>();
  readonly #onError: (error: Error) => void;

  private constructor(environment: Environment, options: StoreOptions) {
    this.environment = environment;
    this.catalogue = new Catalogue(environment);
    this.#onError = options.onError;
    this.#writes = new WriteQueue({
      environment,
      reserveBytes: options.reserveBytes ?? DEFAULT_RESERVE_BYTES,
      onRollback: () => {
        this.catalogue.reload();
      },
      onFatal: options.onFatal,
    });
    this.#garbage = new GarbageCollector(environment, this.#writes);
  }

  /**
   * Opens or creates the store of a folder.
   * @throws StoreError when it is served by another process, damaged or too new.
   */
  static async open(options: StoreOptions): Promise<Store> {
    const store = Store.#create(options);
    await store.#dropUnfinishedIndexes();
    store.collectGarbage();
    return store;
  }

  static #create(options: StoreOptions): Store {
    const environment = openEnvironment(options.folder);
    try {
      return new Store(environment, options);
    } catch (error) {
      throw damaged(options.folder, error);
    }
  }

  /**
   * Runs `work` in a transaction, together with others; resolves when it is on the disk.
   * @throws What `work` threw, CommandError 14031 when the disk is full, 11600 when the store is closed.
   */
  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#writes.run(work);
  }

  /**
   * The document of a record: a view that is valid until the next read of anything, or `undefined`.
   * @throws CommandError InternalError (1) when the disk has returned something else.
   */
  readDocument(collection: Collection, record: number): Buffer | undefined {
    const bytes = this.environment.documents.getBinaryFast(documentKey(collection.id, record));
    if (bytes === undefined) return undefined;
    const document = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (document.length < 5 || document.readInt32LE(0) !== document.length)
      throw new CommandError(
        "InternalError",
        `Record ${record} of ${collection.namespace} is damaged`,
      );
    return document;
  }

  /** The record number of the document with this `_id`, given as its encoding. */
  findRecordById(collection: Collection, encodedId: Buffer): number | undefined {
    const index = collection.indexByName("_id_");
    if (index === undefined) return undefined;
    const key = indexKey(index.id, storedFields(encodedId));
    const value = this.environment.indexes.getBinary(key);
    return value && decodeRecord(value);
  }

  /**
   * Adds an index and fills it; resolves when queries can use it.
   *
   * @returns Whether it is a new one.
   * @throws DuplicateKeyError, CommandError 171: then there is no such index.
   */
  async createIndex(
    namespace: string,
    spec: Buffer,
    { findExisting, check }: IndexCreation,
  ): Promise<boolean> {
    const { existing, build } = await this.write((transaction) => {
      const collection = this.catalogue.findOrCreate(transaction, namespace);
      const found = findExisting(collection);
      if (found !== undefined) return { existing: found };
      const index = this.catalogue.addIndex(transaction, collection, spec);
      if (collection.counters.documents > 0) return { build: { collection, index } };
      finishBuild(transaction, { collection, index });
      return {};
    });
    if (build !== undefined) await this.#build({ ...build, check });
    // Somebody else is building it.
    if (existing !== undefined) await this.#builds.get(existing);
    return existing === undefined;
  }

  async #build(target: IndexBuild): Promise<void> {
    const building = buildIndex(this.#writes, this.catalogue, target);
    this.#builds.set(target.index, building);
    try {
      await building;
    } finally {
      this.#builds.delete(target.index);
    }
  }

  /** Removes what drops left behind, in the background. */
  collectGarbage(): void {
    this.#garbage.start((error) => {
      this.#onError(new CommandError("InternalError", "Clean-up failed", { cause: error }));
    });
  }

  /** Waits for the writes that were asked for before; those asked for later are refused. */
  async close(): Promise<void> {
    await Promise.all([this.#garbage.stop(), this.#writes.close()]);
    await this.environment.close();
  }

  /** A server that died during a build told nobody that the index exists. */
  async #dropUnfinishedIndexes(): Promise<void> {
    const unfinished = this.catalogue
      .list()
      .flatMap((collection) =>
        collection.indexes
          .filter(({ state }) => !state.isReady)
          .map((index) => ({ collection, index })),
      );
    if (unfinished.length === 0) return;
    await this.write((transaction) => {
      for (const { collection, index } of unfinished)
        this.catalogue.dropIndex(transaction, collection, index);
    });
  }
}
