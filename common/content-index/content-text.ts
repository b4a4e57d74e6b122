import type { ByteSource } from "../inspection/source.js";
import type { TextEncoding } from "../inspection/text.js";
import { classOf, type TypeClass } from "../inspection/type-class.js";
import { documentText, isDocument } from "./document-text.js";
import { mailText } from "./mail-text.js";
import { HTML, markupText, XML } from "./markup-text.js";

/** So much of a plain text is read. */
const READ_BYTES = 1024 ** 2;

const PDF = "application/pdf";

/** Documents that are letters all through, such as RTF and PostScript, are no text to people. */
const TEXTUAL: readonly TypeClass[] = ["text", "script", "markup", "other"];

/** What was found out about a content. */
interface Found {
  readonly type: string | null;
  readonly encoding?: TextEncoding | null;
}

/** How the text of a content is read: in this process, or, because a library has to decode it, in the media process. */
export type TextReader =
  | { readonly by: "media"; readonly type: string }
  | {
      readonly by: "worker";
      readonly read: (content: ByteSource) => AsyncIterable<string>;
    };

/** How the text of a kind of content is read; `undefined` where it has none that is known. */
export function textReaderOf({ type, encoding = null }: Found): TextReader | undefined {
  if (type === null) return undefined;
  if (type === PDF) return { by: "media", type };
  if (isDocument(type)) return { by: "worker", read: (content) => documentText(type, content) };
  if (encoding === null || !TEXTUAL.includes(classOf(type))) return undefined;
  return { by: "worker", read: (content) => plainText(content, { type, encoding }) };
}

interface PlainText {
  readonly type: string;
  readonly encoding: TextEncoding;
}

async function* plainText(
  content: ByteSource,
  { type, encoding }: PlainText,
): AsyncGenerator<string, void, undefined> {
  const last = Math.min(content.sizeBytes, READ_BYTES) - 1;
  const pieces: Buffer[] = [];
  for await (const piece of content.read({ first: 0, last })) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (type === "message/rfc822" || type === "multipart/related") {
    yield* mailText(bytes);
    return;
  }
  const text = new TextDecoder(encoding).decode(bytes);
  yield isMarkup(type) ? markupText(text, classOf(type) === "markup" ? HTML : XML) : text;
}

const isMarkup = (type: string) => classOf(type) === "markup" || /(?:\/|\+)xml$/.test(type);
