import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** What is computed of all content on its way in. */
export interface ContentDigests {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** CRC-32 as ZIP has it: an unsigned number of 32 bits. */
  readonly crc32: number;
}

/**
 * Adds bytes to a CRC-32. For an empty buffer `zlib.crc32` returns 0 instead of the CRC before, so it is not called then.
 *
 * @param before - The CRC-32 of the content so far; 0 at its beginning.
 */
export function continueCrc32(before: number, bytes: Buffer): number {
  return bytes.length === 0 ? before : crc32(bytes, before);
}

/** Computes {@link ContentDigests} of content that comes in one go. */
export class ContentDigest {
  readonly #hash = createHash("sha256");
  #crc32 = 0;

  update(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#crc32 = continueCrc32(this.#crc32, bytes);
  }

  /** Nothing can be added afterwards. */
  finish(): ContentDigests {
    return { sha256: this.#hash.digest("hex"), crc32: this.#crc32 };
  }
}

/** The digest of all of some content. */
export function digestOf(pieces: Iterable<Buffer>): ReturnType<ContentDigest["finish"]> {
  const digest = new ContentDigest();
  for (const bytes of pieces) digest.update(bytes);
  return digest.finish();
}
