import type { StoredIndex } from "./stored-index.js";

export interface CollectionCounters {
  documents: number;
  bytes: number;
  nextRecord: number;
}

/** A collection of the catalogue. Its documents and index entries are found by the ids, which outlive renaming. */
export class Collection {
  readonly id: number;
  readonly uuid: Buffer;
  /** `database.name`. */
  namespace: string;
  readonly indexes: StoredIndex[] = [];
  readonly counters: CollectionCounters = { documents: 0, bytes: 0, nextRecord: 1 };
  isDropped = false;

  constructor(id: number, uuid: Buffer, namespace: string) {
    this.id = id;
    this.uuid = uuid;
    this.namespace = namespace;
  }

  get database(): string {
    return this.namespace.slice(0, this.namespace.indexOf("."));
  }

  get name(): string {
    return this.namespace.slice(this.namespace.indexOf(".") + 1);
  }

  /** The indexes that queries may use. */
  get usableIndexes(): StoredIndex[] {
    return this.indexes.filter((index) => index.isUsable);
  }

  indexByName(name: string): StoredIndex | undefined {
    return this.indexes.find((index) => index.name === name);
  }
}
