import { fileTypeFromBuffer } from "file-type";

/** How much of a file's beginning is looked at. */
export const SNIFFED_BYTES = 64 * 1024;

const UNKNOWN = "application/octet-stream";
const TEXT = "text/plain";

/** The control bytes that text has: tab, line feed, form feed, carriage return and escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/**
 * What the beginning of a file is: the media type that its signature tells, else `text/plain` for text in UTF-8 or with a
 * UTF-16 byte order mark, else `application/octet-stream`. What a client or a file name claims has no part in it.
 *
 * @param head - The first {@link SNIFFED_BYTES} bytes, or all of a smaller file.
 * @param isWhole - Whether `head` is all of the file; a longer one may be cut in the middle of a character.
 */
export async function sniffType(head: Buffer, isWhole: boolean): Promise<string> {
  const detected = await fileTypeFromBuffer(head);
  if (detected !== undefined) return detected.mime;
  return head.length > 0 && isText(head, isWhole) ? TEXT : UNKNOWN;
}

function isText(head: Buffer, isWhole: boolean): boolean {
  const isUtf16 = head[0] === 0xff && head[1] === 0xfe;
  if (!isUtf16 && head.some(isBinaryByte)) return false;
  try {
    const decoder = new TextDecoder(isUtf16 ? "utf-16le" : "utf-8", { fatal: true });
    decoder.decode(head, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}

const isBinaryByte = (byte: number) => byte === 0x7f || (byte < 0x20 && !TEXT_CONTROLS.has(byte));
