import type { ClaimedDigest } from "../../common/storage/claimed-digests.js";
import { DIGEST_FIELDS, parseDigests } from "./digest-fields.js";
import { MalformedBodyError } from "./errors.js";
import { claimedMediaType } from "./media-type.js";

/** What the header of one part says (RFC 7578 §4). */
export interface PartHeader {
  readonly fieldName: string;
  /** As sent, path and all; may be empty. `undefined` makes the part a field. */
  readonly fileName: string | undefined;
  readonly claimedType: string | null;
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
 * stored, never decoded.
 */
export function parsePartHeader(lines: readonly string[]): PartHeader {
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
  return {
    fieldName,
    fileName: decodeExtended(parameters.get("filename*")) ?? parameters.get("filename"),
    claimedType: claimedMediaType(fields.get("content-type")),
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

function decodeExtended(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(EXTENDED_VALUE.exec(value)?.[1] ?? "%");
  } catch {
    throw new MalformedBodyError("The filename* of a part is not in UTF-8");
  }
}

/** One `; name=value`; the value is a quoted string or a run of characters that need no quotes. Empty ones are allowed. */
const PARAMETER =
  /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\[^])*)"|([^ \t;"]+)))?/y;

/**
 * Reads the parameters behind the first word of a header field (RFC 9110 §5.6.6), by lower-case name.
 *
 * In a quoted string only `\"` and `\\` are escapes. Any other backslash stands for itself: browsers write file names
 * without escaping it, and no known sender escapes a character that needs none.
 *
 * @param text - What follows the word: empty, or beginning with `;`.
 * @returns `undefined` when the text is malformed, or names one parameter twice: readers that disagree about which one
 * counts are how files slip past checks.
 */
export function parseParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  const scanner = new RegExp(PARAMETER);
  const end = text.trimEnd().length;
  while (scanner.lastIndex < end) {
    const match = scanner.exec(text);
    if (match === null) return undefined;
    const [, name, quoted, plain = ""] = match;
    if (name === undefined) continue;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(["\\])/g, "$1") ?? plain);
  }
  return parameters;
}
