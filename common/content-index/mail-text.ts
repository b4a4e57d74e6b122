import { HTML, markupText } from "./markup-text.js";

/** How deep parts lie inside each other, and how many are read. */
const MOST_DEPTH = 6;
const MOST_PARTS = 100;

/** The fields that people look for. */
const SHOWN_FIELDS = ["from", "to", "cc", "subject"];

interface Part {
  readonly fields: ReadonlyMap<string, string>;
  /** In Latin-1: one character for each byte. */
  readonly body: string;
}

/**
 * The text of a message (RFC 5322, MIME): who sent it to whom, its subject, and its parts in plain text and HTML. Attachments are left out. A part that
 * cannot be decoded is read as it stands.
 */
export function* mailText(message: Buffer): Generator<string, void, undefined> {
  const whole = partOf(message.toString("latin1"));
  for (const name of SHOWN_FIELDS) yield decodeWords(whole.fields.get(name) ?? "");
  let left = MOST_PARTS;
  for (const part of leavesOf(whole, MOST_DEPTH)) {
    if (left === 0) return;
    left -= 1;
    const text = textOf(part);
    if (text !== undefined) yield text;
  }
}

/** The empty line behind the header. */
const GAP = /^\r?\n|\r?\n\r?\n/;

function partOf(text: string): Part {
  const gap = GAP.exec(text);
  const end = gap?.index ?? text.length;
  const header = text.slice(0, end).replace(/\r?\n[ \t]+/g, " ");
  const fields = new Map<string, string>();
  for (const line of header.split(/\r?\n/)) {
    const [, name, value = ""] = /^([!-9;-~]{1,76}):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set(name.toLowerCase(), value);
  }
  return { fields, body: text.slice(end + (gap?.[0].length ?? 0)) };
}

function* leavesOf(part: Part, depth: number): Generator<Part, void, undefined> {
  const type = part.fields.get("content-type") ?? "text/plain";
  const boundary = /^multipart\//i.test(type) ? parameterOf(type, "boundary") : undefined;
  if (boundary === undefined || depth === 0) {
    yield part;
    return;
  }
  const parts = part.body.split(`--${boundary}`).slice(1);
  for (const inner of parts) {
    if (inner.startsWith("--")) return;
    yield* leavesOf(partOf(inner.replace(/^[ \t]*\r?\n/, "")), depth - 1);
  }
}

/** `undefined` for what is no text. */
function textOf({ fields, body }: Part): string | undefined {
  const type = fields.get("content-type") ?? "text/plain";
  if (!/^text\/(?:plain|html)\b/i.test(type)) return undefined;
  if (/^attachment\b/i.test(fields.get("content-disposition") ?? "")) return undefined;
  const encoding = (fields.get("content-transfer-encoding") ?? "").trim().toLowerCase();
  const text = decodeBytes(bytesOf(body, encoding), parameterOf(type, "charset"));
  return /^text\/html\b/i.test(type) ? markupText(text, HTML) : text;
}

function bytesOf(body: string, encoding: string): Buffer {
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding === "quoted-printable") return unquoted(body.replace(/=[ \t]*\r?\n/g, ""));
  return Buffer.from(body, "latin1");
}

const unquoted = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    "latin1",
  );

/** Text in a charset as the WHATWG Encoding Standard names it; in UTF-8 where it is not known. */
function decodeBytes(bytes: Buffer, charset = "utf-8"): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function parameterOf(field: string, name: string): string | undefined {
  const value = new RegExp(`;\\s{0,20}${name}="?([^";]{1,200})`, "i").exec(field)?.[1];
  return value?.trim();
}

const ENCODED_WORD = /=\?([^?\s]{1,60})\?([bqBQ])\?([^?]{0,500})\?=/g;

/** The text of a header field (RFC 2047). White space between two encoded words does not count. */
const decodeWords = (field: string) =>
  field.replace(/(\?=)\s+(?==\?)/g, "$1").replace(ENCODED_WORD, decodeWord);

function decodeWord(...[, charset, kind = "", text = ""]: string[]): string {
  const isBase64 = kind.toLowerCase() === "b";
  const bytes = isBase64 ? Buffer.from(text, "base64") : unquoted(text.replaceAll("_", " "));
  return decodeBytes(bytes, charset);
}
