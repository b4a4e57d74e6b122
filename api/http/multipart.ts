import { isAscii } from "node:buffer";
import {
  FieldTooLargeError,
  MalformedBodyError,
  TooManyFieldsError,
  TooManyFilesError,
  UnsupportedMediaTypeError,
} from "./errors.js";
import { type Charset, parseCharset, parseParameters } from "./field-parameters.js";
import { type PartHeader, parsePartHeader } from "./multipart-header.js";
import { MultipartReader } from "./multipart-reader.js";

const CRLF = Buffer.from("\r\n");
const DASHES = Buffer.from("--");
const END_OF_HEADER = Buffer.from("\r\n\r\n");
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_BLANK_BYTES = 1024;
/** RFC 2046 §5.1.1. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

export interface FilePart {
  readonly kind: "file";
  readonly fieldName: string;
  /** As sent, path and all; may be empty. */
  readonly fileName: string;
  readonly claimedType: string | null;
  readonly claimedDigests: PartHeader["claimedDigests"];
  /** The content as it arrives; to be read before the next part is asked for. What is not read then is thrown away. */
  readonly bytes: AsyncIterable<Buffer>;
}

export interface FieldPart {
  readonly kind: "field";
  readonly fieldName: string;
  readonly value: string;
}

export type Part = FilePart | FieldPart;

export interface MultipartOptions {
  /** The request's `Content-Type` field. */
  readonly contentType: string | undefined;
  readonly maxFiles: number;
  readonly maxFields: number;
  /** The longest value of a field, in bytes. */
  readonly maxFieldBytes: number;
}

/**
 * Reads a `multipart/form-data` body (RFC 7578) part by part as it arrives. The iterating caller drives it: nothing is
 * read from `source` that was not asked for, at most one packet and one part's header are held, and leaving the loop early,
 * or an error in it, ends the source.
 *
 * It is stricter than RFC 2046 where that would lose bytes without a word: a body that does not begin with its boundary,
 * or goes on behind the closing one, is malformed. Only when the iteration ends by itself was the whole
 * body, its closing boundary included, as it should be.
 *
 * @throws {@link MalformedBodyError}, {@link UnsupportedMediaTypeError}, {@link TooManyFilesError},
 * {@link TooManyFieldsError}, {@link FieldTooLargeError}, and whatever `source` throws.
 */
export async function* readMultipart(
  source: AsyncIterable<Buffer>,
  options: MultipartOptions,
): AsyncGenerator<Part, void, undefined> {
  const { boundary, charset } = readType(options.contentType);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first boundary stands at the very beginning; with a line break before it, it is like the others.
  const reader = new MultipartReader(source, CRLF);
  const counter = createCounter(options);
  let formCharset = charset;
  try {
    await skipPreamble(reader, delimiter);
    while (!(await reader.isNext(DASHES))) {
      const header = await readHeader(reader, formCharset);
      counter.count(header);
      const content = contentUntil(reader, delimiter);
      const part = await toPart(header, content, options.maxFieldBytes);
      formCharset = charsetAfter(part) ?? formCharset;
      yield part;
      while ((await content.read()) !== undefined) continue;
    }
    await skipEpilogue(reader);
  } finally {
    await reader.close();
  }
}

/** The boundary, and the charset of all names and fields that name no other. */
function readType(contentType = ""): { boundary: string; charset: Charset } {
  const [type] = /^multipart\/form-data(?=[ \t]*(?:;|$))/i.exec(contentType) ?? [];
  if (type === undefined) throw new UnsupportedMediaTypeError("Send multipart/form-data here");
  const parameters = parseParameters(contentType.slice(type.length));
  const charset = parseCharset(parameters?.get("charset") ?? "utf-8");
  if (charset === undefined) throw otherCharset();
  const boundary = parameters?.get("boundary") ?? "";
  if (!BOUNDARY.test(boundary)) {
    throw new MalformedBodyError("The Content-Type needs one boundary of 1 to 70 characters");
  }
  return { boundary, charset };
}

const otherCharset = () => new UnsupportedMediaTypeError("The form is not in UTF-8");
const notAscii = () => new MalformedBodyError("The form is not in US-ASCII, as its charset says");

async function skipPreamble(reader: MultipartReader, delimiter: Buffer): Promise<void> {
  const preamble = await readAll(() => reader.readBefore(delimiter), MAX_BLANK_BYTES);
  if (!isBlank(preamble)) throw new MalformedBodyError("The form does not begin with its boundary");
}

async function skipEpilogue(reader: MultipartReader): Promise<void> {
  const epilogue = await readAll(() => reader.read(), MAX_BLANK_BYTES);
  if (!isBlank(epilogue?.subarray(DASHES.length))) {
    throw new MalformedBodyError("The form continues after its closing boundary");
  }
}

async function readHeader(reader: MultipartReader, charset: Charset): Promise<PartHeader> {
  const bytes = await readAll(() => reader.readBefore(END_OF_HEADER), MAX_HEADER_BYTES);
  if (bytes === undefined) {
    throw new MalformedBodyError(`The header of a part may have at most ${MAX_HEADER_BYTES} bytes`);
  }
  if (charset === "us-ascii" && !isAscii(bytes)) throw notAscii();
  const [restOfBoundary = "", ...lines] = bytes.toString().split("\r\n");
  if (restOfBoundary.trim() !== "") {
    throw new MalformedBodyError("A boundary is followed by other characters");
  }
  return parsePartHeader(lines, charset);
}

interface Content extends AsyncIterable<Buffer> {
  /** The next bytes, `undefined` at the end and ever after. */
  read(): Promise<Buffer | undefined>;
}

/** The content of one part. Leaving a loop over it early does not end it: what is left can still be skipped. */
function contentUntil(reader: MultipartReader, delimiter: Buffer): Content {
  let isOver = false;
  const read = async () => {
    const bytes = isOver ? undefined : await reader.readBefore(delimiter);
    isOver = bytes === undefined;
    return bytes;
  };
  return {
    read,
    async *[Symbol.asyncIterator]() {
      for (let bytes = await read(); bytes !== undefined; bytes = await read()) yield bytes;
    },
  };
}

async function toPart(header: PartHeader, content: Content, maxFieldBytes: number): Promise<Part> {
  const { fieldName, fileName, claimedType, claimedDigests } = header;
  if (fileName !== undefined) {
    return { kind: "file", fieldName, fileName, claimedType, claimedDigests, bytes: content };
  }
  const value = await readAll(() => content.read(), maxFieldBytes);
  if (value === undefined) throw new FieldTooLargeError(maxFieldBytes);
  if (header.charset === "us-ascii" && !isAscii(value)) throw notAscii();
  return { kind: "field", fieldName, value: value.toString() };
}

/** What a `_charset_` says of the parts after it (RFC 7578 §4.6); `undefined` for any other part. */
function charsetAfter(part: Part): Charset | undefined {
  if (part.kind === "file" || part.fieldName !== "_charset_") return undefined;
  const charset = parseCharset(part.value);
  if (charset === undefined) throw otherCharset();
  return charset;
}

function createCounter({ maxFiles, maxFields }: MultipartOptions) {
  let files = 0;
  let fields = 0;
  return {
    count({ fileName }: PartHeader): void {
      if (fileName === undefined) fields += 1;
      else files += 1;
      if (fields > maxFields) throw new TooManyFieldsError(maxFields);
      if (files > maxFiles) throw new TooManyFilesError(maxFiles);
    },
  };
}

/** Everything that `read` gives, in one piece; `undefined` as soon as it is more than `maxBytes`. */
async function readAll(
  read: () => Promise<Buffer | undefined>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for (let piece = await read(); piece !== undefined; piece = await read()) {
    pieces.push(piece);
    length += piece.length;
    if (length > maxBytes) return undefined;
  }
  return Buffer.concat(pieces);
}

function isBlank(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && /^[ \t\r\n]*$/.test(bytes.toString("latin1"));
}
