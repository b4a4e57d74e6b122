import type { ClaimedDigest } from "../../common/storage/claimed-digests.js";
import { DIGEST_FIELDS, parseDigests } from "./digest-fields.js";
import { MalformedBodyError, UnsupportedMediaTypeError } from "./errors.js";
import { type Charset, charsetOf, parseParameters } from "./field-parameters.js";
import { claimedMediaType } from "./media-type.js";

/** What the header of one part says (RFC 7578 §4). */
export interface PartHeader {
  readonly fieldName: string;
  /** As sent, path and all; may be empty. `undefined` makes the part a field. */
  readonly fileName: string | undefined;
  readonly claimedType: string | null;
  /** That of a field's value. The content of a file is stored as it is. */
  readonly charset: Charset;
  /** `Repr-Digest` and `Content-Digest` (RFC 9530) of this part. */
  readonly claimedDigests: readonly ClaimedDigest[];
}

const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\r\n\0]*)$/;
const DISPOSITION = /^form-data(?=[ \t]*(?:;|$))/i;
/** RFC 8187 §3.2.1, in the one charset that it demands. */
const EXTENDED_VALUE = /^utf-8'[a-z0-9-]*'((?:%[0-9a-f]{2}|[!#$&+.^_`|~0-9a-z-])*)$/i;

/**
 * Reads the header lines of a part, in UTF-8; bytes that are not become U+FFFD.
 *
 * A part is a file if it has a `filename`, whatever else it says. RFC 7578 §4.2 forbids `filename*`, but .NET's client
 * sends it beside a garbled `filename`, so it counts, and before the other (as in RFC 6266 §4.3).
 *
 * @throws {@link MalformedBodyError} for a line that is no field, a folded line, a missing or doubled `Content-Disposition`,
 * a disposition other than `form-data` or without a `name`, digests that are none, and a transfer encoding: what is sent is
 * stored, never decoded. {@link UnsupportedMediaTypeError} for a field in another charset than UTF-8 or US-ASCII.
 *
 * @param formCharset - That of fields which name none.
 */
export function parsePartHeader(lines: readonly string[], formCharset: Charset): PartHeader {
  const fields = parseFields(lines);
  const encoding = fields.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!["7bit", "8bit", "binary"].includes(encoding)) {
    throw new MalformedBodyError("A part of the form has a Content-Transfer-Encoding");
  }
  const parameters = parseDisposition(fields.get("content-disposition") ?? "");
  const fieldName = parameters?.get("name");
  if (parameters === undefined || fieldName === undefined) {
    throw new MalformedBodyError(
      "A part of the form has no Content-Disposition: form-data with a name",
    );
  }
  const fileName =
    decodeExtended(parameters.get("filename*")) ?? unescape(parameters.get("filename"));
  const type = fields.get("content-type") ?? "";
  const charset = charsetOf(type, formCharset);
  if (fileName === undefined && charset === undefined) {
    throw new UnsupportedMediaTypeError("A field of the form is not in UTF-8");
  }
  return {
    fieldName: unescape(fieldName),
    fileName,
    claimedType: claimedMediaType(type),
    charset: charset ?? formCharset,
    claimedDigests: DIGEST_FIELDS.flatMap((name) => readDigests(fields.get(name) ?? "")),
  };
}

function readDigests(field: string): readonly ClaimedDigest[] {
  const digests = parseDigests(field);
  if (digests === undefined)
    throw new MalformedBodyError("A part of the form has an invalid digest field");
  return digests;
}

function parseFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    if (name === undefined) {
      throw new MalformedBodyError("The header of a part has a line that is not a header field");
    }
    if (fields.has(name.toLowerCase())) {
      throw new MalformedBodyError("The header of a part has a field twice");
    }
    fields.set(name.toLowerCase(), value.trim());
  }
  return fields;
}

function parseDisposition(value: string): ReadonlyMap<string, string> | undefined {
  const [type] = DISPOSITION.exec(value) ?? [];
  return type === undefined ? undefined : parseParameters(value.slice(type.length));
}

/**
 * Undoes what senders do to a `name` or `filename`: exactly `%22`, `%0D` and `%0A` stand for another character
 * (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data). Senders do not escape the percent
 * sign, so all others stand for themselves.
 */
function unescape<T extends string | undefined>(value: T) {
  return value?.replace(/%(?:22|0D|0A)/g, decodeURIComponent) as T;
}

function decodeExtended(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(EXTENDED_VALUE.exec(value)?.[1] ?? "%");
  } catch {
    throw new MalformedBodyError("The filename* of a part is not in UTF-8");
  }
}
