import {
  FieldTooLargeError,
  MalformedBodyError,
  TooManyFieldsError,
  TooManyFilesError,
  UnsupportedMediaTypeError,
} from "./errors.js";
import { FormParser } from "./form-parser.js";
import { parsePartHeader } from "./multipart-header.js";
import { parseParameters } from "./parameters.js";

/** RFC 2046 §5.1.1. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

export interface FilePart {
  readonly kind: "file";
  readonly fieldName: string;
  /** As sent, path and all; may be empty. */
  readonly fileName: string;
  readonly claimedType: string | null;
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
  /** The request's `Content-Type`. */
  readonly contentType: string | undefined;
  readonly maxFiles: number;
  readonly maxFields: number;
  /** The longest value of a field, in bytes. */
  readonly maxFieldBytes: number;
}

/**
 * Reads a `multipart/form-data` body (RFC 7578) part by part as it arrives. No more of it is read than the parts that are
 * asked for, and about 64 KiB. Only when the iteration ends by itself was the whole body, its closing boundary included, as
 * it should be: until then no file counts as complete.
 *
 * @throws {@link MalformedBodyError}, {@link UnsupportedMediaTypeError},
 * {@link TooManyFilesError}, {@link TooManyFieldsError}, {@link FieldTooLargeError}, and whatever `source` throws.
 */
export async function* readMultipart(
  source: AsyncIterable<Buffer>,
  options: MultipartOptions,
): AsyncGenerator<Part, void, undefined> {
  const parser = new FormParser(boundaryOf(options.contentType));
  const countPart = createCounter(options);
  void parser.feed(source);
  try {
    for (let raw = await parser.next(); raw !== undefined; raw = await parser.next()) {
      const { fieldName, fileName, claimedType } = parsePartHeader(raw.header);
      countPart(fileName !== undefined);
      if (fileName !== undefined) {
        yield { kind: "file", fieldName, fileName, claimedType, bytes: raw.read() };
      } else {
        yield { kind: "field", fieldName, value: await readField(raw.read(), options) };
      }
      await raw.skip();
    }
  } finally {
    parser.stop();
  }
}

function boundaryOf(contentType = ""): string {
  const [type] = /^multipart\/form-data(?=[ \t]*(?:;|$))/i.exec(contentType) ?? [];
  if (type === undefined) throw new UnsupportedMediaTypeError("Send multipart/form-data here");
  const boundary = parseParameters(contentType.slice(type.length))?.get("boundary") ?? "";
  if (!BOUNDARY.test(boundary)) {
    throw new MalformedBodyError("its Content-Type has not one boundary of 1 to 70 characters");
  }
  return boundary;
}

function createCounter({ maxFiles, maxFields }: MultipartOptions) {
  let files = 0;
  let fields = 0;
  return (isFile: boolean): void => {
    if (isFile) files += 1;
    else fields += 1;
    if (fields > maxFields) throw new TooManyFieldsError(maxFields);
    if (files > maxFiles) throw new TooManyFilesError(maxFiles);
  };
}

async function readField(
  bytes: AsyncIterable<Buffer>,
  { maxFieldBytes }: MultipartOptions,
): Promise<string> {
  const pieces: Buffer[] = [];
  let lengthBytes = 0;
  for await (const piece of bytes) {
    lengthBytes += piece.length;
    if (lengthBytes > maxFieldBytes) throw new FieldTooLargeError(maxFieldBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
