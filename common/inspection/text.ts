/** The encodings that text is found in. `windows-1252` is a guess, which includes ISO 8859-1. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** A content that is text, or the beginning of it. */
export interface Text {
  /** Without its byte order mark. */
  readonly text: string;
  readonly encoding: TextEncoding;
  /** Whether it is all of the content. */
  readonly isWhole: boolean;
}

/** The control characters that text has: tab, line feed, form feed, carriage return and escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** The bytes that Windows-1252 does not use. */
const UNUSED = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** The types whose files may be text all through, with how they begin. The signatures of all others have bytes behind them that no text has. */
const TEXT_FORMATS: readonly (readonly [type: RegExp, beginning: RegExp])[] = [
  [/^text\//, /^/],
  [/^application\/rtf$/, /^\{\\rtf[\d\\]/],
  [/^application\/(?:postscript|eps)$/, /^%!PS(?:-Adobe-|[\r\n]|$)/],
  [/^application\/pdf$/, /^%PDF-\d\.\d/],
  [/^application\/pgp-encrypted$/, /^-----BEGIN PGP MESSAGE-----/],
  [/^application\/x-ms-regedit$/, /^(?:REGEDIT4|Windows Registry Editor Version \d.*)\r?\n/],
  [/^application\/x-unix-archive$/, /^!<arch>\n/],
  [/^model\/stl$/, /^solid.*\s+(?:facet|endsolid)\s/],
];

/**
 * The text that some content is: in UTF-8, in UTF-16 with a byte order mark, or probably in Windows-1252.
 *
 * @param head - The beginning of the content.
 * @param isWhole - Whether `head` is all of it; a longer content may be cut in the middle of a character.
 * @returns `undefined` for what is no text, and for nothing.
 */
export function decodeText(head: Buffer, isWhole: boolean): Text | undefined {
  const encoding = unicodeOf(head);
  const text = decode(head, encoding, isWhole);
  if (text !== undefined) {
    return text === "" || hasBinary(text) ? undefined : { text, encoding, isWhole };
  }
  if (encoding !== "utf-8" || !isWestern(head)) return undefined;
  return { text: decodeWestern(head), encoding: "windows-1252", isWhole };
}

/** Whether text is of a type whose signature it begins with: some signatures are letters, such as `BM`, `GIF` and `MZ`. */
export function isTextFormat(detected: string, text: string): boolean {
  return TEXT_FORMATS.some(([type, start]) => type.test(detected) && start.test(text));
}

function unicodeOf(head: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
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

/** Texts in Western languages are mostly ASCII; what is not belongs to other encodings, or is no text. */
function isWestern(head: Buffer): boolean {
  let high = 0;
  for (const byte of head) {
    if (isBinary(byte) || UNUSED.has(byte)) return false;
    if (byte > 0x7f) high += 1;
  }
  return high * 2 <= head.length;
}

const decodeWestern = (head: Buffer) => new TextDecoder("windows-1252").decode(head);

function hasBinary(text: string): boolean {
  for (let n = 0; n < text.length; n += 1) {
    if (isBinary(text.charCodeAt(n))) return true;
  }
  return false;
}

const isBinary = (code: number) => code === 0x7f || (code < 0x20 && !TEXT_CONTROLS.has(code));
