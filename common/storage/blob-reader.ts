import { createHash } from "node:crypto";
import { Binary, type Collection, type ObjectId } from "mongodb";
import { documentLoader, findBatch } from "../platform/batch-loader.js";
import type { BlobFileDoc, ChunkDoc } from "./bucket.js";
import { DamagedContentError } from "./errors.js";
import type { FrameCipher } from "./frame-cipher.js";
import { contentBytesOf, frameBytesOf } from "./frames.js";
import { ReadAhead } from "./read-ahead.js";

/** A committed blob, as its `blobs.files` document describes it. */
export interface StoredBlob {
  readonly blobId: ObjectId;
  /** The length of its content. */
  readonly sizeBytes: number;
  /** The length of its chunks, tags included. */
  readonly storedBytes: number;
  readonly chunkSizeBytes: number;
  /** How much content every frame but the last holds. */
  readonly frameBytes: number;
  /** `undefined` for an unencrypted blob. */
  readonly cipher: FrameCipher | undefined;
}

/** @throws {@link DamagedContentError} when no blob has such lengths. */
export function storedBlob(document: BlobFileDoc, cipher: FrameCipher | undefined): StoredBlob {
  const { _id: blobId, chunkSize: chunkSizeBytes, length } = document;
  const layout = { chunkSizeBytes, isEncrypted: cipher !== undefined };
  const storedBytes = Number(length);
  const sizeBytes = contentBytesOf(storedBytes, layout);
  if (sizeBytes === undefined) throw new DamagedContentError(blobId, "its length is impossible");
  return {
    blobId,
    sizeBytes,
    storedBytes,
    chunkSizeBytes,
    frameBytes: frameBytesOf(layout),
    cipher,
  };
}

/** Chunks up to this size are read together with those of other blobs. */
const SMALL_CHUNK_BYTES = 16 * 1024;
/** How many small chunks one command asks for at most: 1 MiB of them. */
const SMALL_CHUNKS_PER_COMMAND = 64;

type StoredChunk = Pick<ChunkDoc, "files_id" | "n" | "data" | "fencingToken">;

/** Which chunks, both ends inclusive. */
export interface ChunkWindow {
  readonly from: number;
  readonly to: number;
}

/** What is read of a chunk: what is stored there has the number and the length that it must have. */
export interface ReadChunk {
  readonly bytes: Buffer;
  /** The fencing token that it was encrypted with; 0 for none. */
  readonly fencingToken: number;
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
  { n, data, fencingToken }: StoredChunk,
  expected: number,
): ReadChunk {
  const bytes = data instanceof Binary ? Buffer.from(data.value()) : data;
  const length = Math.min(chunkSizeBytes, storedBytes - expected * chunkSizeBytes);
  if (n !== expected || !Buffer.isBuffer(bytes) || bytes.length !== length) {
    throw new DamagedContentError(blobId, `chunk ${expected} is not as it was written`);
  }
  return { bytes, fencingToken: fencingToken ?? 0 };
}

/** A window of bytes; both ends inclusive, as in RFC 9110. `last` is below `first` where there is nothing to read. */
export interface ByteWindow {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes of a window, chunk by chunk, at most 1 MiB ahead of a client that takes them quickly, and nothing ahead of one that does not.
 * Each read queries a few chunks by `{files_id, n}` and leaves no cursor open, so a client that breaks off leaves nothing behind.
 *
 * @throws {@link DamagedContentError} as soon as a chunk is missing, has not the length it must have, or cannot be decrypted: nothing
 * of it leaves then.
 */
export async function* readWindow(
  chunks: ChunkReader,
  blob: StoredBlob,
  window: ByteWindow,
): AsyncGenerator<Buffer, void, undefined> {
  // Unencrypted content that is empty has no chunk; encrypted content has, and that it is empty is verified like any other frame.
  if (blob.storedBytes === 0) return;
  const { frameBytes } = blob;
  const from = Math.floor(window.first / frameBytes);
  const to = Math.max(from, Math.floor(window.last / frameBytes));
  const ahead = new ReadAhead((part) => chunks.read(blob, part), { from, to }, blob.chunkSizeBytes);
  try {
    for (let n = from; n <= to; n += 1) {
      const frame = openFrame(blob, await ahead.take(n), n);
      const start = n * frameBytes;
      const piece = frame.subarray(
        Math.max(0, window.first - start),
        Math.min(frame.length, window.last - start + 1),
      );
      if (piece.length > 0) yield piece;
    }
  } finally {
    ahead.letGo();
  }
}

function openFrame(blob: StoredBlob, { bytes, fencingToken }: ReadChunk, n: number): Buffer {
  const { blobId, cipher, chunkSizeBytes, storedBytes } = blob;
  // All chunks of a reply share its memory: a client that is slow to take one would hold all of them.
  if (cipher === undefined) return Buffer.from(bytes);
  const isLast = (n + 1) * chunkSizeBytes >= storedBytes;
  const frame = cipher.decrypt(bytes, { n, isLast, fencingToken });
  if (frame === undefined) {
    throw new DamagedContentError(
      blobId,
      `chunk ${n} cannot be decrypted: it was altered or moved`,
    );
  }
  return frame;
}

/**
 * Passes all of a blob's content on, and holds its last piece back until all of it has the digest that it was stored with.
 *
 * @param sha256 - Hexadecimal.
 * @throws {@link DamagedContentError} instead of the last piece.
 */
export async function* verifiedContent(
  { blobId }: Pick<StoredBlob, "blobId">,
  content: AsyncIterable<Buffer>,
  sha256: string,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash("sha256");
  let buffered: Buffer | undefined;
  for await (const piece of content) {
    hash.update(piece);
    if (buffered !== undefined) yield buffered;
    buffered = piece;
  }
  if (hash.digest("hex") !== sha256) {
    throw new DamagedContentError(blobId, "its bytes have another SHA-256 than those that came");
  }
  if (buffered !== undefined) yield buffered;
}
