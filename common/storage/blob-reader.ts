import type { ObjectId } from "mongodb";
import type { BlobFileDoc, Bucket, ChunkDoc } from "./bucket.js";
import { DamagedContentError } from "./errors.js";

const CHUNKS_PER_READ = 4;

/** A window of bytes; both ends inclusive, as in RFC 9110. */
export interface ByteWindow {
  readonly first: number;
  readonly last: number;
}

/** A committed blob, as its `blobs.files` document describes it. */
export interface StoredBlob {
  readonly blobId: ObjectId;
  readonly sizeBytes: number;
  readonly chunkSizeBytes: number;
}

export function storedBlob(document: BlobFileDoc): StoredBlob {
  return {
    blobId: document._id,
    sizeBytes: Number(document.length),
    chunkSizeBytes: document.chunkSize,
  };
}

/**
 * The bytes of a window, chunk by chunk, at most about 2 MiB ahead of whoever reads. Each read asks for a few chunks by
 * `{files_id, n}` and leaves no cursor open, so a reader that goes away leaves nothing behind.
 *
 * @throws {@link DamagedContentError} as soon as a chunk is missing or has not the length it must have.
 */
export async function* readWindow(
  { chunks }: Pick<Bucket, "chunks">,
  blob: StoredBlob,
  window: ByteWindow,
): AsyncGenerator<Buffer, void, undefined> {
  const { chunkSizeBytes } = blob;
  const firstChunk = Math.floor(window.first / chunkSizeBytes);
  const lastChunk = Math.floor(window.last / chunkSizeBytes);
  const read = (from: number) =>
    readChunks(chunks, blob, { from, to: Math.min(lastChunk, from + CHUNKS_PER_READ - 1) });

  let ahead: Promise<Buffer[]> | undefined = read(firstChunk);
  for (let n = firstChunk; ahead;) {
    const data: Buffer[] = await ahead;
    const next = n + data.length;
    ahead = next <= lastChunk ? read(next) : undefined;
    // Whoever stops reading in the middle never awaits what was asked for ahead.
    ahead?.catch(() => undefined);
    for (const chunk of data) {
      const start = n * chunkSizeBytes;
      yield chunk.subarray(
        Math.max(0, window.first - start),
        Math.min(chunk.length, window.last - start + 1),
      );
      n += 1;
    }
  }
}

async function readChunks(
  chunks: Bucket["chunks"],
  blob: StoredBlob,
  { from, to }: { from: number; to: number },
): Promise<Buffer[]> {
  const documents = await chunks
    .find(
      { files_id: blob.blobId, n: { $gte: from, $lte: to } },
      {
        sort: { n: 1 },
        limit: to - from + 1,
        singleBatch: true,
        projection: { _id: 0, n: 1, data: 1 },
        promoteBuffers: true,
      },
    )
    .toArray();
  if (documents.length !== to - from + 1) {
    throw new DamagedContentError(blob.blobId, `chunks are missing from ${from} to ${to}`);
  }
  return documents.map((document, index) => checkChunk(blob, document, from + index));
}

function checkChunk(blob: StoredBlob, { n, data }: Pick<ChunkDoc, "n" | "data">, expected: number) {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer);
  const length = Math.min(blob.chunkSizeBytes, blob.sizeBytes - expected * blob.chunkSizeBytes);
  if (n !== expected || bytes.length !== length) {
    throw new DamagedContentError(blob.blobId, `chunk ${expected} is not as it was written`);
  }
  return bytes;
}
