import { outerBoxes, readAt } from "./movie-boxes.js";
import type { ByteSource } from "./source.js";

/** So much of the boxes that describe a movie is read. Ten hours of video have some 10 MiB. */
export const MAX_HEADER_BYTES = 16 * 1024 ** 2;

/**
 * The boxes that describe a movie in the formats of MP4 and QuickTime, one behind the other, without the pictures and sounds: they may lie at the end
 * of any number of bytes.
 *
 * @returns An empty buffer if the content has no such boxes.
 */
export async function readMovieHeader(content: ByteSource): Promise<Buffer> {
  const boxes: Buffer[] = [];
  let leftBytes = MAX_HEADER_BYTES;
  for await (const { type, at, sizeBytes } of outerBoxes(content)) {
    if ((type === "ftyp" || type === "moov") && sizeBytes <= leftBytes) {
      boxes.push(await readAt(content, at, sizeBytes));
      leftBytes -= sizeBytes;
    }
  }
  return Buffer.concat(boxes);
}
