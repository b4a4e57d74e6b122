import type { ByteSource } from "./source.js";

/** So much of the boxes that describe a movie is read. Ten hours of video have some 10 MiB. */
const MAX_HEADER_BYTES = 16 * 1024 ** 2;
/** So many boxes of the outermost level are looked at. */
const MOST_BOXES = 200;

/**
 * The boxes that describe a movie in the formats of MP4 and QuickTime, one behind the other, without the pictures and sounds: they may lie at the end
 * of any number of bytes.
 *
 * @returns An empty buffer if the content has no such boxes.
 */
export async function readMovieHeader(content: ByteSource): Promise<Buffer> {
  const boxes: Buffer[] = [];
  let leftBytes = MAX_HEADER_BYTES;
  let at = 0;
  for (let n = 0; n < MOST_BOXES && at + 8 <= content.sizeBytes; n += 1) {
    const { type, sizeBytes } = boxOf(await readAt(content, at, 16), content.sizeBytes - at);
    if ((type === "ftyp" || type === "moov") && sizeBytes <= leftBytes) {
      boxes.push(await readAt(content, at, sizeBytes));
      leftBytes -= sizeBytes;
    }
    if (sizeBytes < 8) break;
    at += sizeBytes;
  }
  return Buffer.concat(boxes);
}

/** A length of 0 means up to the end, and one of 1 that the length comes behind the type (ISO/IEC 14496-12, §4.2). */
function boxOf(head: Buffer, leftBytes: number) {
  const short = head.readUInt32BE(0);
  const type = head.toString("latin1", 4, 8);
  if (short !== 1) return { type, sizeBytes: short === 0 ? leftBytes : Math.min(short, leftBytes) };
  const sizeBytes = head.length < 16 ? leftBytes : Number(head.readBigUInt64BE(8));
  return { type, sizeBytes: Math.min(sizeBytes, leftBytes) };
}

async function readAt(content: ByteSource, first: number, bytes: number): Promise<Buffer> {
  const last = Math.min(content.sizeBytes, first + bytes) - 1;
  const pieces: Buffer[] = [];
  for await (const piece of content.read({ first, last })) pieces.push(piece);
  return Buffer.concat(pieces);
}
