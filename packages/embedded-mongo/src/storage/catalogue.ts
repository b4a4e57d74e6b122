import { randomBytes } from "node:crypto";
import { CommandError } from "../errors.js";
import { idIndexSpec } from "./id-index.js";
import {
  readCollections,
  removeCollection,
  takeId,
  writeCollection,
  writeCounters,
  writeGarbage,
} from "./catalogue-store.js";
import { Collection } from "./collection.js";
import type { Environment } from "./environment.js";
import { StoredIndex } from "./stored-index.js";
import type { Transaction } from "./transaction.js";

/** Collections and indexes by name, as the last transaction left them; changed inside transactions only. */
export class Catalogue {
  readonly #environment: Environment;
  readonly #collections = new Map<string, Collection>();

  constructor(environment: Environment) {
    this.#environment = environment;
    this.reload();
  }

  /** Reads everything from the disk again; what was held before counts as dropped. */
  reload(): void {
    for (const collection of this.#collections.values()) collection.isDropped = true;
    this.#collections.clear();
    for (const collection of readCollections(this.#environment.meta))
      this.#collections.set(collection.namespace, collection);
  }

  find(namespace: string): Collection | undefined {
    return this.#collections.get(namespace);
  }

  /** @throws CommandError NamespaceNotFound (26) */
  get(namespace: string): Collection {
    const collection = this.#collections.get(namespace);
    if (collection === undefined)
      throw new CommandError("NamespaceNotFound", `ns does not exist: ${namespace}`);
    return collection;
  }

  /** Of one database or of all, by name. */
  list(database?: string): Collection[] {
    const all = [...this.#collections.values()];
    return all
      .filter((collection) => database === undefined || collection.database === database)
      .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  }

  databases(): string[] {
    return [...new Set(this.list().map(({ database }) => database))];
  }

  create(transaction: Transaction, namespace: string): Collection {
    const { meta } = transaction.environment;
    const collection = new Collection(takeId(meta), newUuid(), namespace);
    const state = { isMultikey: false, isTruncated: false, isReady: true };
    collection.indexes.push(new StoredIndex(takeId(meta), idIndexSpec(), state));
    writeCollection(meta, collection);
    writeCounters(meta, collection);
    this.#collections.set(namespace, collection);
    return collection;
  }

  /** The collection that an insert or upsert means, which it creates. */
  findOrCreate(transaction: Transaction, namespace: string): Collection {
    return this.find(namespace) ?? this.create(transaction, namespace);
  }

  /** Documents and index entries go later, see garbage-collector.ts. */
  drop(transaction: Transaction, collection: Collection): void {
    const { meta } = transaction.environment;
    removeCollection(meta, collection);
    writeGarbage(meta, { kind: "documents", id: collection.id });
    for (const { id } of collection.indexes) writeGarbage(meta, { kind: "indexes", id });
    collection.isDropped = true;
    this.#collections.delete(collection.namespace);
  }

  rename(transaction: Transaction, collection: Collection, namespace: string): void {
    this.#collections.delete(collection.namespace);
    collection.namespace = namespace;
    this.#collections.set(namespace, collection);
    writeCollection(transaction.environment.meta, collection);
  }

  /** Adds an index that writes maintain from now on; it answers queries when its build has ended. */
  addIndex(transaction: Transaction, collection: Collection, spec: Buffer): StoredIndex {
    const { meta } = transaction.environment;
    const state = { isMultikey: false, isTruncated: false, isReady: false };
    const index = new StoredIndex(takeId(meta), spec, state);
    collection.indexes.push(index);
    writeCollection(meta, collection);
    return index;
  }

  /** Changes what of a definition does not touch the entries. */
  redefineIndex(
    transaction: Transaction,
    collection: Collection,
    { index, spec }: { index: StoredIndex; spec: Buffer },
  ): void {
    index.spec = spec;
    writeCollection(transaction.environment.meta, collection);
  }

  dropIndex(transaction: Transaction, collection: Collection, index: StoredIndex): void {
    const { meta } = transaction.environment;
    collection.indexes.splice(collection.indexes.indexOf(index), 1);
    index.isUsable = false;
    writeCollection(meta, collection);
    writeGarbage(meta, { kind: "indexes", id: index.id });
  }
}

/** Random (version 4), RFC 9562 §5.4. */
function newUuid(): Buffer {
  const uuid = randomBytes(16);
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x40;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  return uuid;
}
