import { BoundedSource, type ByteSource } from "../inspection/source.js";
import { readZip, type ZipMember } from "../inspection/zip.js";
import { HTML, type MarkupForm, markupText, OFFICE } from "./markup-text.js";

/** So much of a member is read; a document has more text only where it is very long. */
const PACKED_BYTES = 2 * 1024 ** 2;
/** So much of all members of a document is unpacked. */
const UNPACKED_BYTES = 8 * 1024 ** 2;
/** So many members are read. */
const MOST_MEMBERS = 500;

/** Where documents have their text. */
interface DocumentForm {
  readonly type: RegExp;
  readonly members: RegExp;
  readonly markup: MarkupForm;
}

const FORMS: readonly DocumentForm[] = [
  {
    type: /^application\/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.|ms-word\.)/,
    members: /^word\/(?:document|header\d{0,4}|footer\d{0,4}|footnotes|endnotes|comments)\.xml$/,
    markup: OFFICE,
  },
  {
    type: /^application\/vnd\.(?:openxmlformats-officedocument\.spreadsheetml\.|ms-excel\.)/,
    members: /^xl\/(?:sharedStrings|worksheets\/[^/]+|comments[^/]*)\.xml$/,
    markup: OFFICE,
  },
  {
    type: /^application\/vnd\.(?:openxmlformats-officedocument\.presentationml\.|ms-powerpoint\.)/,
    members: /^ppt\/(?:slides|notesSlides)\/[^/]+\.xml$/,
    markup: OFFICE,
  },
  {
    type: /^application\/vnd\.(?:oasis\.opendocument|sun\.xml)\./,
    members: /^content\.xml$/,
    markup: HTML,
  },
  { type: /^application\/epub\+zip$/, members: /\.x?html?$/i, markup: HTML },
];

/** Whether {@link documentText} reads documents of a type. */
export const isDocument = (type: string): boolean => FORMS.some((form) => form.type.test(type));

/**
 * The text of a document of Office Open XML, OpenDocument or EPUB, one member after the other. At most 8 MiB are unpacked, and what is damaged
 * ends where the damage begins.
 *
 * @throws What reading the content throws.
 */
export async function* documentText(
  type: string,
  content: ByteSource,
): AsyncGenerator<string, void, undefined> {
  const form = FORMS.find((each) => each.type.test(type));
  const zip = form && (await readZip(new BoundedSource(content)));
  if (zip === undefined) return;
  let left = UNPACKED_BYTES;
  for (const member of inOrder(zip.members.filter(({ name }) => form?.members.test(name)))) {
    const limits = { packedBytes: PACKED_BYTES, unpackedBytes: left };
    const bytes = await zip.beginning(member, limits);
    left -= bytes.length;
    yield markupText(decoded(bytes), form?.markup ?? HTML);
    if (left <= 0) return;
  }
}

/** `slide2` before `slide10`. */
function inOrder(members: readonly ZipMember[]): ZipMember[] {
  const order = new Intl.Collator("und", { numeric: true });
  return members.slice(0, MOST_MEMBERS).sort((a, b) => order.compare(a.name, b.name));
}

/** XML is in UTF-8 or UTF-16, which its byte order mark says. What is no text becomes a mark that separates words. */
function decoded(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isWideBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  const encoding = isWide ? "utf-16le" : isWideBig ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
