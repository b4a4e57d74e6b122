import { createHash } from "node:crypto";
import type { StoredBlob } from "./stored-blob.js";
import { DamagedContentError } from "./errors.js";

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
  let held: Buffer | undefined;
  for await (const piece of content) {
    hash.update(piece);
    if (held !== undefined) yield held;
    held = piece;
  }
  if (hash.digest("hex") !== sha256) {
    throw new DamagedContentError(blobId, "its bytes have another SHA-256 than those that came");
  }
  if (held !== undefined) yield held;
}
