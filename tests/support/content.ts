import { createHash, randomBytes } from "node:crypto";

const PIECE_BYTES = 64 * 1024;

/** Content that is made while it is sent: no file, and no more than a piece of it in memory. */
export interface Content {
  readonly sizeBytes: number;
  /** The bytes, from the beginning, as often as asked. */
  bytes(): Generator<Buffer, void, undefined>;
}

/** Content that nobody else has, of a size. Each piece of it differs from all others, so that none can stand for another. */
export function makeContent(sizeBytes: number): Content {
  const pattern = randomBytes(PIECE_BYTES);
  return {
    sizeBytes,
    *bytes() {
      for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
        const piece = Buffer.from(pattern.subarray(0, Math.min(PIECE_BYTES, sizeBytes - at)));
        if (piece.length >= 8) piece.writeBigUInt64LE(BigInt(at));
        yield piece;
      }
    },
  };
}

/** The SHA-256 of content, lower-case hexadecimal. */
export function digestOf(content: Content): string {
  const hash = createHash("sha256");
  for (const piece of content.bytes()) hash.update(piece);
  return hash.digest("hex");
}
