import type { ByteSource } from "./source.js";

/** So many boxes of the outermost level are looked at. */
const MOST_BOXES = 200;

/** A box of MP4 and QuickTime (ISO/IEC 14496-12, §4.2). */
export interface MovieBox {
  /** Four letters. */
  readonly type: string;
  /** Where it begins, in bytes. */
  readonly at: number;
  /** With its head; never beyond the end of the content. */
  readonly sizeBytes: number;
}

/** The outermost boxes of a content, in their order, as far as they can be read. There is at least one for any content of 8 bytes. */
export async function* outerBoxes(content: ByteSource): AsyncGenerator<MovieBox, void, undefined> {
  let at = 0;
  for (let n = 0; n < MOST_BOXES && at + 8 <= content.sizeBytes; n += 1) {
    const box = boxOf(await readAt(content, at, 16), content.sizeBytes - at);
    yield { ...box, at };
    if (box.sizeBytes < 8) return;
    at += box.sizeBytes;
  }
}

/** A length of 0 means up to the end, and one of 1 that the length comes behind the type (ISO/IEC 14496-12, §4.2). */
function boxOf(head: Buffer, leftBytes: number) {
  const short = head.readUInt32BE(0);
  const type = head.toString("latin1", 4, 8);
  if (short !== 1) return { type, sizeBytes: short === 0 ? leftBytes : Math.min(short, leftBytes) };
  const sizeBytes = head.length < 16 ? leftBytes : Number(head.readBigUInt64BE(8));
  return { type, sizeBytes: Math.min(sizeBytes, leftBytes) };
}

/** Some bytes of a content; fewer where it ends. */
export async function readAt(content: ByteSource, first: number, bytes: number): Promise<Buffer> {
  const last = Math.min(content.sizeBytes, first + bytes) - 1;
  const pieces: Buffer[] = [];
  for await (const piece of content.read({ first, last })) pieces.push(piece);
  return Buffer.concat(pieces);
}
