import type { ChunkReader, ReadChunk } from "./chunk-reader.js";
import { DamagedContentError } from "./errors.js";
import type { StoredBlob } from "./stored-blob.js";

/**
 * So much is read with one command at most. Opening makes another buffer of each frame, and what several downloads hold must not outlive
 * V8's young generation: only full collections would free it (`docs/speed.md`).
 */
const BYTES_PER_READ = { plain: 1024 * 1024, sealed: 768 * 1024 };

/** A window of bytes; both ends inclusive, as in RFC 9110. `last` is below `first` where there is nothing to read. */
export interface ByteWindow {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes of a window, chunk by chunk, at most about 2 MiB ahead of whoever reads. Each read asks for a few chunks by
 * `{files_id, n}` and leaves no cursor open, so a reader that goes away leaves nothing behind.
 *
 * @throws {@link DamagedContentError} as soon as a chunk is missing, has not the length it must have, or does not open: nothing
 * of it leaves then.
 */
export async function* readWindow(
  chunks: ChunkReader,
  blob: StoredBlob,
  window: ByteWindow,
): AsyncGenerator<Buffer, void, undefined> {
  const { frameBytes, chunkSizeBytes } = blob;
  // Plain content that is empty has no chunk; sealed content has, and that it is empty is verified like any other frame.
  if (blob.storedBytes === 0) return;
  const firstChunk = Math.floor(window.first / frameBytes);
  const lastChunk = Math.max(firstChunk, Math.floor(window.last / frameBytes));
  const bytesPerRead = BYTES_PER_READ[blob.cipher === undefined ? "plain" : "sealed"];
  const chunksPerRead = Math.max(1, Math.floor(bytesPerRead / chunkSizeBytes));
  const read = (from: number) =>
    chunks.read(blob, { from, to: Math.min(lastChunk, from + chunksPerRead - 1) });

  let ahead: Promise<ReadChunk[]> | undefined = read(firstChunk);
  for (let n = firstChunk; ahead;) {
    const found: ReadChunk[] = await ahead;
    const next = n + found.length;
    ahead = next <= lastChunk ? read(next) : undefined;
    // Whoever stops reading in the middle never awaits what was asked for ahead.
    ahead?.catch(() => undefined);
    for (const chunk of found) {
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
