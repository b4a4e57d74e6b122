import { BsonType } from "../bson/type.js";
import type { BufferPool } from "./buffer-pool.js";
import type { Reply } from "./connection.js";

export type BatchName = "firstBatch" | "nextBatch";

export interface BatchLimits {
  /** Documents; `undefined` is no limit. */
  readonly documents?: number | undefined;
  /** Of documents, after which the batch ends; the last one may pass it. */
  readonly bytes: number;
}

const FIRST_BYTES = 64 * 1024;
/** Length and final NUL of a document. */
const EMPTY_DOCUMENT_BYTES = 5;
/** What follows the last document, without the namespace. */
const TAIL_BYTES = 64;
/** What precedes a document in an array: type, digits of its position, NUL. */
const ELEMENT_BYTES = 12;

/**
 * Builds `{ cursor: { firstBatch: […], id, ns }, ok: 1 }` around documents that are copied as they are into one
 * buffer, from which the socket takes them.
 */
export class CursorReply {
  readonly #pool: BufferPool;
  readonly #limits: BatchLimits;
  readonly #cursorStart: number;
  readonly #arrayStart: number;
  #buffer: Buffer;
  #end: number;
  #documents = 0;
  #documentBytes = 0;

  constructor(pool: BufferPool, name: BatchName, limits: BatchLimits) {
    this.#pool = pool;
    this.#limits = limits;
    this.#buffer = pool.take(FIRST_BYTES);
    this.#end = 4;
    this.#name(BsonType.object, "cursor");
    this.#cursorStart = this.#reserveLength();
    this.#name(BsonType.array, name);
    this.#arrayStart = this.#reserveLength();
  }

  get isFull(): boolean {
    const { documents, bytes } = this.#limits;
    return (
      (documents !== undefined && this.#documents >= documents) || this.#documentBytes >= bytes
    );
  }

  get documents(): number {
    return this.#documents;
  }

  add(document: Buffer): void {
    this.#begin(document.length);
    this.#end += document.copy(this.#buffer, this.#end);
  }

  /** Adds a document of these raw elements. */
  addElements(elements: readonly Buffer[]): void {
    let length = EMPTY_DOCUMENT_BYTES;
    for (const element of elements) length += element.length;
    this.#begin(length);
    const start = this.#reserveLength();
    for (const element of elements) this.#end += element.copy(this.#buffer, this.#end);
    this.#close(start);
  }

  #begin(documentBytes: number): void {
    this.#require(documentBytes + ELEMENT_BYTES);
    this.#name(BsonType.object, String(this.#documents));
    this.#documents += 1;
    this.#documentBytes += documentBytes;
  }

  /**
   * @param cursor - `id` 0n says that there is no more.
   * @param elements - What else the reply says, beside the cursor.
   */
  finish(
    cursor: { readonly id: bigint; readonly namespace: string },
    elements: readonly Buffer[] = [],
  ): Reply {
    const namespace = Buffer.from(cursor.namespace);
    const elementBytes = elements.reduce((sum, { length }) => sum + length, 0);
    this.#require(TAIL_BYTES + namespace.length + elementBytes);
    this.#close(this.#arrayStart);
    this.#name(BsonType.long, "id");
    this.#end = this.#buffer.writeBigInt64LE(cursor.id, this.#end);
    this.#name(BsonType.string, "ns");
    this.#end = this.#buffer.writeInt32LE(namespace.length + 1, this.#end);
    this.#end += namespace.copy(this.#buffer, this.#end);
    this.#end = this.#buffer.writeUInt8(0, this.#end);
    this.#close(this.#cursorStart);
    for (const element of elements) this.#end += element.copy(this.#buffer, this.#end);
    this.#name(BsonType.double, "ok");
    this.#end = this.#buffer.writeDoubleLE(1, this.#end);
    this.#close(0);
    return {
      body: this.#buffer.subarray(0, this.#end),
      release: () => {
        this.discard();
      },
    };
  }

  /** Gives the buffer back without a reply. */
  discard(): void {
    this.#pool.give(this.#buffer);
  }

  #require(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const minBytes = this.#end + bytes + this.#expectedAfter(bytes);
    this.#buffer = this.#pool.grow(this.#buffer, { usedBytes: this.#end, minBytes });
  }

  /**
   * What will come behind a document of this size, if it is a large one: such documents are all of about one size, and fill a batch at
   * once, so that the buffer grows, and is copied, only this time. No more than that: large buffers that replies at once do not
   * find in the pool are what makes the collector run.
   */
  #expectedAfter(documentBytes: number): number {
    const { documents = Infinity, bytes } = this.#limits;
    if (documentBytes < FIRST_BYTES || !Number.isFinite(bytes)) return 0;
    return (
      Math.min(bytes, Math.max(0, documents - this.#documents - 1) * documentBytes) + TAIL_BYTES
    );
  }

  #name(type: number, name: string): void {
    this.#end = this.#buffer.writeUInt8(type, this.#end);
    this.#end += this.#buffer.write(name, this.#end, "latin1");
    this.#end = this.#buffer.writeUInt8(0, this.#end);
  }

  #reserveLength(): number {
    const start = this.#end;
    this.#end += 4;
    return start;
  }

  #close(start: number): void {
    this.#end = this.#buffer.writeUInt8(0, this.#end);
    this.#buffer.writeInt32LE(this.#end - start, start);
  }
}
