import { fileTypeFromBuffer } from "file-type";

/** How much of a file's beginning is looked at. */
export const SNIFFED_BYTES = 64 * 1024;

const UNKNOWN = "application/octet-stream";
const TEXT = "text/plain";

/** The control characters that text has: tab, line feed, form feed, carriage return and escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/**
 * What the beginning of a file is: the media type that its signature tells, else `text/plain` for text in UTF-8 or with a
 * UTF-16 byte order mark, else `application/octet-stream`. What a client or a file name claims has no part in it.
 *
 * @param head - The first {@link SNIFFED_BYTES} bytes, or all of a smaller file.
 * @param isWhole - Whether `head` is all of the file; a longer one may be cut in the middle of a character.
 */
export async function sniffType(head: Buffer, isWhole: boolean): Promise<string> {
  const detected = (await fileTypeFromBuffer(head))?.mime;
  const encoding = encodingOf(head);
  // The byte order mark of UTF-16 is also how MPEG audio may begin.
  const isAmbiguous = encoding !== "utf-8" && detected === "audio/mpeg";
  if (detected !== undefined && !isAmbiguous) return detected;
  if (head.length > 0 && isText(head, encoding, isWhole)) return TEXT;
  return detected ?? UNKNOWN;
}

function encodingOf(head: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}

function isText(head: Buffer, encoding: string, isWhole: boolean): boolean {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !isWhole });
    for (let n = 0; n < text.length; n += 1) {
      if (isBinary(text.charCodeAt(n))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

const isBinary = (code: number) => code === 0x7f || (code < 0x20 && !TEXT_CONTROLS.has(code));
