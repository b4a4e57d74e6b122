import type { ByteRange } from "./range.js";

/** A message body in pieces: text of ours, and windows of the content. */
export interface BodyPlan {
  readonly contentType: string;
  readonly pieces: readonly (Buffer | ByteRange)[];
  readonly lengthBytes: number;
}

/** The value of a `Content-Range` field (RFC 9110 §14.4). */
export const contentRange = ({ first, last }: ByteRange, sizeBytes: number) =>
  `bytes ${first}-${last}/${sizeBytes}`;

interface Options {
  readonly ranges: readonly ByteRange[];
  readonly sizeBytes: number;
  /** The content's own type, which each part repeats. */
  readonly contentType: string;
  /** Separates the parts; 128 random bits occur in no content. */
  readonly boundary: string;
}

/** Several ranges in one body, as `multipart/byteranges` (RFC 9110 §14.6). */
export function planByteRanges({ ranges, sizeBytes, contentType, boundary }: Options): BodyPlan {
  const pieces = ranges.flatMap((range, index) => {
    const header = [
      `${index === 0 ? "" : "\r\n"}--${boundary}`,
      `Content-Type: ${contentType}`,
      `Content-Range: ${contentRange(range, sizeBytes)}`,
      "\r\n",
    ];
    return [Buffer.from(header.join("\r\n")), range];
  });
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    pieces,
    lengthBytes: pieces.reduce((sum, piece) => sum + pieceLength(piece), 0),
  };
}

const pieceLength = (piece: Buffer | ByteRange) =>
  Buffer.isBuffer(piece) ? piece.length : piece.last - piece.first + 1;
