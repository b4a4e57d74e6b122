import { Readable } from "node:stream";
import type { ByteSource } from "../../common/inspection/source.js";

/** Content that is in memory, and how much of it was read. */
interface CountedSource extends ByteSource {
  readonly readBytes: () => number;
}

/** @param pieceBytes - In pieces of how many bytes it is read. */
export function asSource(content: Buffer, pieceBytes = 64 * 1024): CountedSource {
  let readBytes = 0;
  function* piecesOf(window: Buffer): Generator<Buffer, void, undefined> {
    for (let at = 0; at < window.length; at += pieceBytes) {
      const piece = window.subarray(at, at + pieceBytes);
      readBytes += piece.length;
      yield piece;
    }
  }
  return {
    sizeBytes: content.length,
    readBytes: () => readBytes,
    read: ({ first, last }) => Readable.from(piecesOf(content.subarray(first, last + 1))),
  };
}
