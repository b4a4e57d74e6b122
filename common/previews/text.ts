import type { FileContent } from "../files/service.js";
import { decodeText } from "../inspection/text.js";
import { classOf, type TypeClass } from "../inspection/type-class.js";
import { NotTextError } from "./errors.js";

/** The beginning of a text, in UTF-8. */
export interface TextBeginning {
  readonly bytes: Buffer;
  /** Whether it is all of the text. */
  readonly isComplete: boolean;
}

/** A letter of UTF-16 that is one byte in UTF-8 is two there. */
const MOST_SOURCE_BYTES = 2;

/** The longest character of any encoding, and a byte order mark. */
const SPARE_BYTES = 8;

/** Documents that are letters all through, such as PDF, are no text to people. */
const TEXTUAL: readonly TypeClass[] = ["text", "script", "markup", "other"];

/**
 * Reads the beginning of a text, whatever its encoding, and cuts it at the end of a character.
 *
 * @param maxBytes - So many bytes of UTF-8 at most.
 * @throws NotTextError, and what reading content throws.
 */
export async function readBeginning(
  content: FileContent,
  maxBytes: number,
): Promise<TextBeginning> {
  const { sizeBytes, file } = content;
  if (sizeBytes === 0) return { bytes: Buffer.alloc(0), isComplete: true };
  if (file.type !== null && !TEXTUAL.includes(classOf(file.type))) throw new NotTextError();
  const readBytes = Math.min(sizeBytes, MOST_SOURCE_BYTES * maxBytes + SPARE_BYTES);
  const pieces: Buffer[] = [];
  for await (const piece of content.read({ first: 0, last: readBytes - 1 })) pieces.push(piece);
  const isWhole = readBytes === sizeBytes;
  const decoded = decodeText(Buffer.concat(pieces), isWhole);
  if (decoded === undefined) throw new NotTextError();
  const bytes = Buffer.from(decoded.text);
  return { bytes: cut(bytes, maxBytes), isComplete: isWhole && bytes.length <= maxBytes };
}

function cut(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end);
}

/** Whether a byte continues a character of UTF-8 (RFC 3629 §3). */
const isContinuation = (byte = 0) => (byte & 0xc0) === 0x80;
