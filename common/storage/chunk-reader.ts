import { Binary, type Collection, type ObjectId } from "mongodb";
import { documentLoader, findBatch } from "../platform/batch-loader.js";
import type { StoredBlob } from "./stored-blob.js";
import type { ChunkDoc } from "./bucket.js";
import { DamagedContentError } from "./errors.js";

/** Chunks up to this size are read together with those of other blobs. */
const SMALL_CHUNK_BYTES = 16 * 1024;
/** How many small chunks one command asks for at most: 1 MiB of them. */
const SMALL_CHUNKS_PER_COMMAND = 64;

type StoredChunk = Pick<ChunkDoc, "files_id" | "n" | "data" | "writer">;

/** Which chunks, both ends inclusive. */
export interface ChunkWindow {
  readonly from: number;
  readonly to: number;
}

/** What is read of a chunk: what is stored there has the number and the length that it must have. */
export interface ReadChunk {
  readonly bytes: Buffer;
  /** The fencing token that it was sealed with; 0 for none. */
  readonly writer: number;
}

/** Reads a few chunks of a blob, at most some MiB, and leaves no cursor open. */
export class ChunkReader {
  readonly #chunks: Collection<ChunkDoc>;
  readonly #findOnly: (chunk: Pick<ChunkDoc, "files_id">) => Promise<StoredChunk | undefined>;

  constructor(chunks: Collection<ChunkDoc>) {
    this.#chunks = chunks;
    this.#findOnly = documentLoader<Pick<ChunkDoc, "files_id">, StoredChunk, ChunkDoc>({
      collection: chunks,
      queryOf: (keys) => ({
        filter: { files_id: { $in: keys.map(({ files_id }) => files_id) }, n: 0 },
        promoteBuffers: true,
      }),
      keyOf: ({ files_id }) => files_id.toHexString(),
      maxBatchSize: SMALL_CHUNKS_PER_COMMAND,
    });
  }

  /** @throws {@link DamagedContentError} when a chunk is missing, or has not the length it must have. */
  async read(blob: StoredBlob, window: ChunkWindow): Promise<ReadChunk[]> {
    const { from, to } = window;
    const documents = await this.#find(blob, window);
    if (documents.length !== to - from + 1) {
      throw new DamagedContentError(blob.blobId, `chunks are missing from ${from} to ${to}`);
    }
    return documents.map((document, index) => checkChunk(blob, document, from + index));
  }

  async #find(
    { blobId, storedBytes, chunkSizeBytes }: StoredBlob,
    window: ChunkWindow,
  ): Promise<StoredChunk[]> {
    if (storedBytes <= Math.min(chunkSizeBytes, SMALL_CHUNK_BYTES)) {
      const only = await this.#findOnly({ files_id: blobId });
      if (only !== undefined) return [only];
      // A chunk that is far larger than it should be would keep those behind it out of the answer: they are not missing.
    }
    return this.#findWindow(blobId, window);
  }

  #findWindow(blobId: ObjectId, { from, to }: ChunkWindow): Promise<StoredChunk[]> {
    return findBatch<StoredChunk, ChunkDoc>(
      this.#chunks,
      { files_id: blobId, n: from === to ? from : { $gte: from, $lte: to } },
      { limit: to - from + 1, sort: { n: 1 }, promoteBuffers: true },
    );
  }
}

function checkChunk(
  { blobId, chunkSizeBytes, storedBytes }: StoredBlob,
  { n, data, writer }: StoredChunk,
  expected: number,
): ReadChunk {
  const bytes = data instanceof Binary ? Buffer.from(data.value()) : data;
  const length = Math.min(chunkSizeBytes, storedBytes - expected * chunkSizeBytes);
  if (n !== expected || !Buffer.isBuffer(bytes) || bytes.length !== length) {
    throw new DamagedContentError(blobId, `chunk ${expected} is not as it was written`);
  }
  return { bytes, writer: writer ?? 0 };
}
