import { fileTypeFromBuffer } from "file-type";

/** How much of a file's beginning is inspected. */
export const SNIFFED_BYTES = 64 * 1024;

const UNKNOWN = "application/octet-stream";
const TEXT = "text/plain";

/** The control characters that text has: tab, line feed, form feed, carriage return and escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** The types whose files may be text all through, with how they begin. The signatures of all others have bytes behind them that no text has. */
const TEXT_FORMATS: readonly (readonly [type: RegExp, beginning: RegExp])[] = [
  [/^text\//, /^/],
  [/^application\/xml$/, /^<\?xml\s/],
  [/^application\/rtf$/, /^\{\\rtf[\d\\]/],
  [/^application\/(?:postscript|eps)$/, /^%!PS(?:-Adobe-|[\r\n]|$)/],
  [/^application\/pdf$/, /^%PDF-\d\.\d/],
  [/^application\/pgp-encrypted$/, /^-----BEGIN PGP MESSAGE-----/],
  [/^application\/x-ms-regedit$/, /^(?:REGEDIT4|Windows Registry Editor Version \d.*)\r?\n/],
  [/^application\/x-unix-archive$/, /^!<arch>\n/],
  [/^model\/stl$/, /^solid.*\s+(?:facet|endsolid)\s/],
];

/**
 * What the beginning of a file is: the media type that its signature tells, else `text/plain` for text in UTF-8 or with a
 * UTF-16 byte order mark, else `application/octet-stream`. Some signatures are letters (`BM`, `GIF`, `MZ`): text that begins with them
 * is not of their type. What a client or a file name claims has no part in it.
 *
 * @param head - The first {@link SNIFFED_BYTES} bytes, or all of a smaller file.
 * @param isWhole - Whether `head` is all of the file; a longer one may be cut in the middle of a character.
 */
export async function sniffType(head: Buffer, isWhole: boolean): Promise<string> {
  const detected = (await fileTypeFromBuffer(head))?.mime;
  const encoding = encodingOf(head);
  const unicode = decode(head, encoding, isWhole);
  // Text in an encoding that is not known here has no control characters either.
  const text = unicode ?? (encoding === "utf-8" ? head.toString("latin1") : "\0");
  if (text === "" || hasBinary(text)) return detected ?? UNKNOWN;
  if (detected !== undefined && isTextFormat(detected, text)) return detected;
  return unicode === undefined ? UNKNOWN : TEXT;
}

function encodingOf(head: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}

/** The text without its byte order mark; `undefined` for what is not in this encoding. */
function decode(head: Buffer, encoding: string, isWhole: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(head, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

function hasBinary(text: string): boolean {
  for (let n = 0; n < text.length; n += 1) {
    if (isBinary(text.charCodeAt(n))) return true;
  }
  return false;
}

const isBinary = (code: number) => code === 0x7f || (code < 0x20 && !TEXT_CONTROLS.has(code));

function isTextFormat(detected: string, text: string): boolean {
  return TEXT_FORMATS.some(([type, start]) => type.test(detected) && start.test(text));
}
