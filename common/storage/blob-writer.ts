import { createHash } from "node:crypto";
import { ObjectId } from "mongodb";
import { type Bucket, CHUNK_SIZE_BYTES, type ChunkDoc } from "./bucket.js";

const CHUNKS_PER_INSERT = 4;
const INSERTS_AT_ONCE = 2;

/** What arrived: the length of the content and its lower-case hexadecimal SHA-256. */
export interface WrittenBlob {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Takes the bytes of one blob, in order, and appends them as chunks under the unique index `{files_id, n}`: several per
 * insert, with at most about 3 MiB in memory. Inserts may overtake each other: the blob exists for nobody before its
 * `blobs.files` document does. One writer per blob id, ever.
 */
export class BlobWriter {
  readonly #chunks: Bucket["chunks"];
  readonly #blobId: ObjectId;
  readonly #hash = createHash("sha256");
  readonly #running = new Set<Promise<void>>();
  #batch: ChunkDoc[] = [];
  #pieces: Buffer[] = [];
  #piecesBytes = 0;
  #sizeBytes = 0;
  #nextChunk = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor({ chunks }: Pick<Bucket, "chunks">, blobId: ObjectId) {
    this.#chunks = chunks;
    this.#blobId = blobId;
  }

  /** Takes bytes; resolves when there is room for more, so that whoever sends is slowed down to the store's pace. */
  async append(bytes: Buffer): Promise<void> {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + CHUNK_SIZE_BYTES - this.#piecesBytes);
      this.#pieces.push(bytes.subarray(from, to));
      this.#piecesBytes += to - from;
      from = to;
      if (this.#piecesBytes === CHUNK_SIZE_BYTES) this.#cutChunk();
      if (this.#batch.length === CHUNKS_PER_INSERT) await this.#insertBatch();
      this.#throwFailure();
    }
  }

  /** Writes what is left; resolves when every chunk is acknowledged. The blob is not committed by that. */
  async finish(): Promise<WrittenBlob> {
    if (this.#piecesBytes > 0) this.#cutChunk();
    if (this.#batch.length > 0) await this.#insertBatch();
    await this.quiesce();
    this.#throwFailure();
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest("hex") };
  }

  /** Waits until no insert is under way any more, whether or not it succeeded: only then may chunks be removed for good. */
  async quiesce(): Promise<void> {
    await Promise.all(this.#running);
  }

  #cutChunk(): void {
    const [first] = this.#pieces;
    const data =
      this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces, this.#piecesBytes);
    this.#batch.push({ _id: new ObjectId(), files_id: this.#blobId, n: this.#nextChunk, data });
    this.#nextChunk += 1;
    this.#pieces = [];
    this.#piecesBytes = 0;
  }

  async #insertBatch(): Promise<void> {
    const insert = this.#chunks.insertMany(this.#batch).then(
      () => undefined,
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    this.#batch = [];
    this.#running.add(insert);
    void insert.then(() => this.#running.delete(insert));
    if (this.#running.size >= INSERTS_AT_ONCE) await Promise.race(this.#running);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
