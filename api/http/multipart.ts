import { Dicer } from "@fastify/busboy";
import type { Readable } from "node:stream";
import {
  FieldTooLargeError,
  IncompleteBodyError,
  MalformedBodyError,
  TooManyFieldsError,
  TooManyFilesError,
} from "./errors.js";
import { boundaryOf, type RawHeader, readPartHeader } from "./multipart-header.js";

/** A file of a form. What is not read of `bytes` is skipped when the next part is asked for. */
export interface FilePart {
  readonly kind: "file";
  readonly fieldName: string;
  readonly fileName: string;
  readonly claimedType: string | null;
  readonly bytes: AsyncIterable<Buffer>;
}

/** A field of a form, whole and in UTF-8. */
export interface FieldPart {
  readonly kind: "field";
  readonly fieldName: string;
  readonly value: string;
}

export type Part = FilePart | FieldPart;

export interface MultipartOptions {
  /** The request's `Content-Type` field. */
  readonly contentType: string;
  readonly maxFiles: number;
  readonly maxFields: number;
  /** The longest value of a field, in bytes. */
  readonly maxFieldBytes: number;
}

/**
 * The parts of a `multipart/form-data` body (RFC 7578), one after the other, as they arrive. No more of the body is read than
 * the parts that are asked for, and about 64 KiB. Iterating ends without an error only after the closing boundary and the
 * end of the body, so a file counts as complete only then.
 *
 * `Dicer` finds the boundaries. What it passes over in silence is refused here: a part without a whole header, and a body
 * without a closing boundary, after which it ends parts and itself as if all were well.
 *
 * @throws {@link MalformedBodyError}, {@link IncompleteBodyError}, {@link TooManyFilesError}, {@link TooManyFieldsError},
 * {@link FieldTooLargeError}, and whatever `body` throws.
 */
export async function* readMultipart(
  body: AsyncIterable<Buffer>,
  options: MultipartOptions,
): AsyncGenerator<Part, void, undefined> {
  const parser = new FormParser(boundaryOf(options.contentType));
  void parser.feed(body);
  let files = 0;
  let fields = 0;
  try {
    for (let raw = await parser.next(); raw !== undefined; raw = await parser.next()) {
      const { fieldName, fileName, claimedType } = readPartHeader(raw.header);
      const bytes = readAll(raw.stream);
      if (fileName === undefined) {
        if (++fields > options.maxFields) throw new TooManyFieldsError(options.maxFields);
        yield { kind: "field", fieldName, value: await readField(bytes, options.maxFieldBytes) };
      } else {
        if (++files > options.maxFiles) throw new TooManyFilesError(options.maxFiles);
        yield { kind: "file", fieldName, fileName, claimedType, bytes };
      }
      await skip(raw.stream);
    }
  } finally {
    parser.stop();
  }
}

interface RawPart {
  readonly header: RawHeader;
  readonly stream: Readable;
}

/** Turns what `Dicer` emits into parts that are asked for. */
class FormParser {
  readonly #dicer: Dicer;
  readonly #stopped = Promise.withResolvers();
  readonly #parts: RawPart[] = [];
  #isInHeader = false;
  #isClosed = false;
  #isFed = false;
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
}
