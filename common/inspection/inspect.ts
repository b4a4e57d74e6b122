import { fileTypeFromBuffer } from "file-type";
import type { Inspection } from "./inspection.js";
import { isJson, isJsonLines } from "./json.js";
import { mailType } from "./mail.js";
import { isXmlActive, markupType } from "./markup.js";
import { OLE, oleKind } from "./ole.js";
import { pdfPart } from "./pdf.js";
import { isProgram, isScript } from "./programs.js";
import { scriptType } from "./script.js";
import { isSealedArchive } from "./sealed-archive.js";
import { BoundedSource, type ByteSource } from "./source.js";
import { tableType } from "./table.js";
import { decodeText, isTextFormat, type Text } from "./text.js";
import { readZip } from "./zip.js";
import { zipKind } from "./zip-kind.js";

/** How much of the beginning of a content is inspected, whatever it is. */
const HEAD_BYTES = 64 * 1024;

/** So much of the beginning, and of the end, of PDF and XML is searched for scripts. */
const SEARCHED_BYTES = 4 * 1024 ** 2;

const UNKNOWN = "application/octet-stream";
const PDF = "application/pdf";
const ZIP = "application/zip";

/** Of a member, of an archive without members, and of one part of an archive. */
const ZIP_BEGINNINGS = new Set(["504b0304", "504b0506", "504b0708"]);

/** What the beginning, and the directory of an archive, say. */
interface Identified extends Inspection {
  readonly source: BoundedSource;
}

/**
 * Finds out what a content is, from its bytes alone: what a client or a file name claims has no part in it. It reads the first 64 KiB; of archives
 * and compound files also their directory; and up to 4 MiB from the beginning and the end of PDF and XML, for scripts.
 *
 * @throws What reading throws, and nothing else: there is an answer for any bytes.
 */
export async function inspectContent(content: ByteSource): Promise<Inspection> {
  const { source, ...found } = await identify(content);
  if (found.type === PDF) return { ...found, ...(await searchPdf(source)) };
  if (!isInertXml(found)) return found;
  return { ...found, isActiveContent: await isAnyPart(source, isXmlText) };
}

/** The type alone: it needs less of the content. @throws What reading throws. */
export async function findType(content: ByteSource): Promise<string> {
  return (await identify(content)).type;
}

async function identify(content: ByteSource): Promise<Identified> {
  const source = new BoundedSource(content);
  const head = await source.read(0, HEAD_BYTES);
  const text = decodeText(head, head.length === source.sizeBytes);
  const found = text === undefined ? await binaryKind(source, head) : await textKind(text, head);
  return {
    encoding: null,
    isActiveContent: isRunnable(found.type),
    isEncrypted: false,
    ...found,
    source,
  };
}

type Found = Pick<Inspection, "type"> & Partial<Inspection>;

async function textKind(text: Text, head: Buffer): Promise<Found> {
  const { encoding } = text;
  const kind = scriptType(text.text) ?? markupType(text.text) ?? mailType(text.text);
  if (kind !== undefined) return { type: kind, encoding };
  const detected = await signatureType(head);
  if (detected !== undefined && isTextFormat(detected, text.text))
    return { type: detected, encoding };
  return { type: dataType(text) ?? "text/plain", encoding };
}

function dataType({ text, isWhole }: Text): string | undefined {
  if (isJson(text, isWhole)) return "application/json";
  if (isJsonLines(text, isWhole)) return "application/x-ndjson";
  return tableType(text, isWhole);
}

async function binaryKind(source: BoundedSource, head: Buffer): Promise<Found> {
  const isZip = ZIP_BEGINNINGS.has(head.toString("hex", 0, 4));
  const zip = isZip ? await readZip(source) : undefined;
  if (zip !== undefined && zip.members.length > 0) return zipKind(zip);
  const type = (await signatureType(head)) ?? (isZip ? ZIP : laterType(head));
  if (type === OLE) return oleKind(source);
  return { type, isEncrypted: await isSealedArchive(source, head) };
}

/** The type that a signature tells, without parameters such as `codecs`. What is damaged behind its signature has none. */
async function signatureType(head: Buffer): Promise<string | undefined> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found?.mime.replace(/;.*$/, "").toLowerCase();
}

/** Readers of PDF skip what comes before it (ISO 32000-1, annex H, 3.4.1). */
const laterType = (head: Buffer) =>
  /%PDF-\d\.\d/.test(head.toString("latin1", 0, 1024)) ? PDF : UNKNOWN;

const isRunnable = (type: string) => isProgram(type) || isScript(type) || RUN_BY_BROWSERS.has(type);

/** A browser runs their scripts; a message or an XML document is looked into. */
const RUN_BY_BROWSERS = new Set([
  "text/html",
  "application/xhtml+xml",
  "image/svg+xml",
  "application/xslt+xml",
  "multipart/related",
  "application/x-shockwave-flash",
]);

const isInertXml = ({ type, isActiveContent }: Inspection) =>
  !isActiveContent && /^application\/(?:.{1,80}\+)?xml$/.test(type);

const isXmlText = (part: Buffer) =>
  isXmlActive(part.toString("latin1")) || isXmlActive(part.toString("latin1").replaceAll("\0", ""));

async function searchPdf(source: BoundedSource) {
  const found = { isActiveContent: false, isEncrypted: false };
  for await (const bytes of partsOf(source)) {
    const { isActive, isEncrypted } = pdfPart(bytes);
    found.isActiveContent ||= isActive;
    found.isEncrypted ||= isEncrypted;
  }
  return found;
}

async function isAnyPart(source: BoundedSource, test: (part: Buffer) => boolean): Promise<boolean> {
  for await (const part of partsOf(source)) if (test(part)) return true;
  return false;
}

/** All of a content of at most 8 MiB, else its beginning and its end. */
async function* partsOf(source: BoundedSource): AsyncGenerator<Buffer, void, undefined> {
  const { sizeBytes } = source;
  yield await source.read(0, SEARCHED_BYTES);
  if (sizeBytes > SEARCHED_BYTES) {
    yield await source.readLast(Math.min(SEARCHED_BYTES, sizeBytes - SEARCHED_BYTES));
  }
}
