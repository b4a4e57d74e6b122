import { MalformedBodyError } from "./errors.js";
import { claimedType } from "./media-type.js";

const MOST_HEADER_BYTES = 16 * 1024;
const MOST_HEADER_LINES = 100;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
const PARAMETER =
  /;\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:\\["\\]|[^"])*)"|([^\s;"]*))\s*(?=;|$)/gy;

/** A part's header as `Dicer` gives it: lower-case names, and values whose characters are the bytes that were sent. */
export type RawHeader = Readonly<Record<string, readonly string[]>>;

/** What a part of a form says about itself. */
export interface PartHeader {
  readonly fieldName: string;
  /** `undefined` for a field; a part with a file name, even an empty one, is a file. */
  readonly fileName: string | undefined;
  readonly claimedType: string | null;
}

/**
 * The boundary of a `multipart/form-data` body (RFC 2046 §5.1.1: 1 to 70 characters).
 *
 * @throws {@link MalformedBodyError} when there is none, or none that can be.
 */
export function boundaryOf(contentType: string): string {
  const boundary = parametersOf(contentType).get("boundary");
  if (boundary === undefined || !BOUNDARY.test(boundary)) {
    throw new MalformedBodyError("its Content-Type has no valid boundary");
  }
  return boundary;
}

/**
 * Reads a part's header (RFC 7578 §4). Names are UTF-8, as every browser and tool sends them, and taken as they stand between
 * the quotes: of the escapes of quoted strings only `\"` and `\\` are undone, because a lone backslash is part of a Windows
 * path; `%22` and `&#1234;` stay, because nobody can tell them from a name that has them.
 *
 * @throws {@link MalformedBodyError}
 */
export function readPartHeader(raw: RawHeader): PartHeader {
  checkSize(raw);
  const [disposition, ...others] = raw["content-disposition"] ?? [];
  if (disposition === undefined || others.length > 0) {
    throw new MalformedBodyError("a part has no Content-Disposition, or several");
  }
  if (!/^form-data\s*(?:;|$)/i.test(disposition)) {
    throw new MalformedBodyError("a part's Content-Disposition is not form-data");
  }
  const parameters = parametersOf(disposition);
  const fieldName = parameters.get("name");
  if (fieldName === undefined) throw new MalformedBodyError("a part has no name");
  const fileName = parameters.get("filename") ?? extendedName(parameters.get("filename*"));
  return {
    fieldName: fromBytes(fieldName),
    fileName: fileName === undefined ? undefined : fromBytes(fileName),
    claimedType: claimedType(raw["content-type"]?.[0] ?? ""),
  };
}

function checkSize(raw: RawHeader): void {
  const lines = Object.entries(raw).flatMap(([name, values]) =>
    values.map((value) => ({ name, length: name.length + value.length })),
  );
  const bytes = lines.reduce((sum, { length }) => sum + length, 0);
  if (bytes > MOST_HEADER_BYTES || lines.length > MOST_HEADER_LINES) {
    throw new MalformedBodyError("the header of a part is too long");
  }
  if (lines.some(({ name }) => !FIELD_NAME.test(name))) {
    throw new MalformedBodyError("the header of a part is not one");
  }
}

/** All parameters of a field, by lower-case name. Something between them, or one given twice, is malformed. */
function parametersOf(field: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const start = field.indexOf(";");
  if (start === -1) return parameters;
  const text = field.slice(start).replace(/[;\s]+$/, "");
  let end = 0;
  for (const match of text.matchAll(PARAMETER)) {
    const [whole, name = "", quoted, token = ""] = match;
    const key = name.toLowerCase();
    if (parameters.has(key)) throw new MalformedBodyError(`${key} is given twice`);
    parameters.set(key, quoted === undefined ? token : quoted.replace(/\\(["\\])/g, "$1"));
    end = match.index + whole.length;
  }
  if (end !== text.length) throw new MalformedBodyError("the parameters of a header are malformed");
  return parameters;
}

/** RFC 7578 §4.2 forbids `filename*`; some send it all the same, and UTF-8 is all that it can be in (RFC 8187 §3.2). */
function extendedName(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const encoded = /^utf-8'[^']*'(.*)$/is.exec(value)?.[1];
  try {
    if (encoded !== undefined) return Buffer.from(decodeURIComponent(encoded)).toString("latin1");
  } catch {
    // Falls through: an escape that is none.
  }
  throw new MalformedBodyError("a file name is not in UTF-8");
}

/** Bytes that are no UTF-8 become replacement characters, which no file name may have. */
const fromBytes = (text: string) => Buffer.from(text, "latin1").toString("utf8");
