import { BSON } from "bson";
import { type Collection as Target, type Document, MongoBulkWriteError } from "mongodb";
import { describeValue } from "../../bson/value.js";
import { getField } from "../../bson/document.js";
import { ERROR_CODES } from "../../errors.js";
import type { Collection } from "../../storage/collection.js";
import type { Snapshot } from "../../storage/snapshot.js";

/** One insert; MongoDB takes messages of 48 MB, so one more document of 16 MiB fits. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_DOCUMENTS = 1000;

export interface CopyProgress {
  readonly namespace: string;
  readonly documents: number;
  readonly totalDocuments: number;
}

export interface CopiedDocuments {
  /** All that are now at the target. */
  readonly documents: number;
  readonly alreadyThere: number;
  readonly bytes: number;
  readonly faults: readonly string[];
}

export interface DocumentsOptions {
  readonly collection: Collection;
  readonly target: Target;
  readonly onProgress: (progress: CopyProgress) => void;
}

/** Inserts all documents of a collection, in their order; those that are there already are compared. */
export async function copyDocuments(
  snapshot: Snapshot,
  { collection, target, onProgress }: DocumentsOptions,
): Promise<CopiedDocuments> {
  const copier = new DocumentCopier(target, collection.namespace);
  const totalDocuments = collection.counters.documents;
  const tell = () => {
    onProgress({ namespace: collection.namespace, documents: copier.documents, totalDocuments });
  };
  tell();
  for (const { document } of snapshot.documents(collection)) {
    copier.add(document);
    if (!copier.isFull) continue;
    await copier.flush();
    tell();
  }
  await copier.flush();
  tell();
  return copier;
}

class DocumentCopier implements CopiedDocuments {
  documents = 0;
  alreadyThere = 0;
  bytes = 0;
  readonly faults: string[] = [];
  readonly #target: Target;
  readonly #namespace: string;
  #batch: Buffer[] = [];
  #batchBytes = 0;

  constructor(target: Target, namespace: string) {
    this.#target = target;
    this.#namespace = namespace;
  }

  get isFull(): boolean {
    return this.#batchBytes >= BATCH_BYTES || this.#batch.length >= BATCH_DOCUMENTS;
  }

  /** Takes a document for the next insert, unless the driver would change it. */
  add(document: Buffer): void {
    if (!Buffer.from(BSON.serialize(decode(document))).equals(document)) {
      this.#report(document, "the driver cannot send it as it is; use mongodump and mongorestore");
      return;
    }
    this.#batch.push(document);
    this.#batchBytes += document.length;
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#batchBytes = 0;
    const refused = await this.#insert(batch);
    for (const [index, document] of batch.entries()) {
      if (refused.has(index) && !(await this.#isAlreadyThere(document))) continue;
      this.documents += 1;
      this.bytes += document.length;
      if (refused.has(index)) this.alreadyThere += 1;
    }
  }

  /** @returns The positions of those whose `_id`, or another unique key, is taken. */
  async #insert(batch: readonly Buffer[]): Promise<Set<number>> {
    try {
      await this.#target.insertMany(batch.map(decode), { ordered: false });
      return new Set();
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const errors = [error.writeErrors].flat();
      const other = errors.find(({ code }) => code !== ERROR_CODES.DuplicateKey);
      if (other !== undefined || errors.length === 0) throw error;
      return new Set(errors.map(({ index }) => index));
    }
  }

  async #isAlreadyThere(document: Buffer): Promise<boolean> {
    const { _id } = decode(document);
    const found: unknown = await this.#target.findOne(
      { _id: { $eq: _id as never } },
      { raw: true },
    );
    if (found instanceof Uint8Array && document.equals(found)) return true;
    this.#report(document, "the target has another document with its _id, or a unique key of it");
    return false;
  }

  #report(document: Buffer, what: string): void {
    this.faults.push(
      `${this.#namespace}: _id ${describeValue(getField(document, "_id"))}: ${what}`,
    );
  }
}

/** Every type as a class of `bson`, so that it is encoded as it was. */
function decode(document: Buffer): Document {
  return BSON.deserialize(document, { promoteValues: false, bsonRegExp: true });
}
