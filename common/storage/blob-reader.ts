import type { ChunkReader, ChunkWindow, ReadChunk } from "./chunk-reader.js";
import { DamagedContentError } from "./errors.js";
import type { StoredBlob } from "./stored-blob.js";

/** A window of bytes; both ends inclusive, as in RFC 9110. `last` is below `first` where there is nothing to read. */
export interface ByteWindow {
  readonly first: number;
  readonly last: number;
}

/**
 * What one command reads at most, and how many commands of one reader are under way. Chosen by measuring (`docs/speed.md`): of many
 * readers, more would outlive V8's young generation.
 */
const BYTES_PER_READ = 512 * 1024;
const READS_AT_ONCE = 2;

/**
 * The bytes of a window, chunk by chunk, at most 1 MiB ahead of the client. Each read queries a few chunks by `{files_id, n}` and leaves
 * no cursor open, so a client that breaks off leaves nothing behind.
 *
 * @throws {@link DamagedContentError} as soon as a chunk is missing, has not the length it must have, or does not open: nothing
 * of it leaves then.
 */
export async function* readWindow(
  chunks: ChunkReader,
  blob: StoredBlob,
  window: ByteWindow,
): AsyncGenerator<Buffer, void, undefined> {
  // Plain content that is empty has no chunk; sealed content has, and that it is empty is verified like any other frame.
  if (blob.storedBytes === 0) return;
  const { frameBytes } = blob;
  const from = Math.floor(window.first / frameBytes);
  const to = Math.max(from, Math.floor(window.last / frameBytes));
  let n = from;
  for await (const batch of readBatches(chunks, blob, { from, to })) {
    for (const chunk of batch) {
      const frame = openFrame(blob, chunk, n);
      const start = n * frameBytes;
      const piece = frame.subarray(
        Math.max(0, window.first - start),
        Math.min(frame.length, window.last - start + 1),
      );
      if (piece.length > 0) yield piece;
      n += 1;
    }
  }
}

/** All chunks of a window, in their order, as many at once as one command reads. */
async function* readBatches(
  chunks: ChunkReader,
  blob: StoredBlob,
  { from, to }: ChunkWindow,
): AsyncGenerator<ReadChunk[], void, undefined> {
  const most = Math.max(1, Math.floor(BYTES_PER_READ / blob.chunkSizeBytes));
  const underWay: Promise<ReadChunk[]>[] = [];
  let next = from;
  const readOn = () => {
    while (underWay.length < READS_AT_ONCE && next <= to) {
      const read = chunks.read(blob, { from: next, to: Math.min(to, next + most - 1) });
      // A reader that stops in the middle never awaits what was queried ahead.
      read.catch(() => undefined);
      underWay.push(read);
      next += most;
    }
  };
  readOn();
  for (let read = underWay.shift(); read; read = underWay.shift()) {
    const batch = await read;
    readOn();
    yield batch;
  }
}

function openFrame(blob: StoredBlob, { bytes, writer }: ReadChunk, n: number): Buffer {
  const { blobId, cipher, chunkSizeBytes, storedBytes } = blob;
  if (cipher === undefined) return bytes;
  const isLast = (n + 1) * chunkSizeBytes >= storedBytes;
  const frame = cipher.open(bytes, { n, isLast, writer });
  if (frame === undefined) {
    throw new DamagedContentError(blobId, `chunk ${n} does not open: it was altered or moved`);
  }
  return frame;
}
