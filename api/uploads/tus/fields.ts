import type { IncomingHttpHeaders } from "node:http";
import { InvalidRequestError } from "../../../common/platform/errors.js";
import { isId, type Id } from "../../../common/platform/ids.js";
import type { ResumableIntent } from "../../../common/uploads/resumable/state.js";
import { readWriteCondition } from "../../files/write-condition.js";
import { parseEpoch, parseInstant } from "../../http/instant.js";
import { claimedMediaType } from "../../http/media-type.js";

/** The header fields of tus 1.0 that a request carries; `undefined` for those that it does not. */
export interface TusFields {
  /** `Upload-Offset`: where the bytes of this request begin. */
  readonly offset: number | undefined;
  /** `Upload-Length`: how many bytes the whole upload has. */
  readonly length: number | undefined;
  /** `Upload-Defer-Length: 1`: the client will say the length later. */
  readonly isLengthDeferred: boolean;
  readonly metadata: UploadMetadata | undefined;
  readonly concat: UploadConcat | undefined;
}

export interface UploadMetadata {
  /** As it was sent, to be given back. */
  readonly field: string;
  readonly values: ReadonlyMap<string, string>;
}

/** `partial`, or the URLs of a final upload's parts, not checked yet. */
export type UploadConcat = "partial" | { readonly partUrls: readonly string[] };

interface Field<T> {
  readonly name: string;
  /** What the field must be, for the person who reads the refusal. */
  readonly form: string;
  /** @returns `undefined` for what has another form. */
  readonly parse: (text: string) => T | undefined;
}

const BYTES = "a whole number of bytes in decimal digits";
const OFFSET: Field<number> = { name: "Upload-Offset", form: BYTES, parse: parseByteCount };
const LENGTH: Field<number> = { name: "Upload-Length", form: BYTES, parse: parseByteCount };
const DEFER_LENGTH: Field<true> = {
  name: "Upload-Defer-Length",
  form: "1",
  // "Its value MUST be 1."
  parse: (text) => (text === "1" ? true : undefined),
};
const CONCAT: Field<UploadConcat> = {
  name: "Upload-Concat",
  form: "`partial`, or `final;` and the URLs of parts",
  parse: parseConcat,
};

/**
 * Reads the fields of tus in a request's header. A malformed field is refused wherever it stands, even where it has no meaning.
 *
 * @throws InvalidRequestError
 */
export function readTusFields(headers: IncomingHttpHeaders): TusFields {
  return {
    offset: read(headers, OFFSET),
    length: read(headers, LENGTH),
    isLengthDeferred: read(headers, DEFER_LENGTH) ?? false,
    metadata: parseMetadata(headers["upload-metadata"]?.toString() ?? ""),
    concat: read(headers, CONCAT),
  };
}

/** How a field of tus is refused. */
export function malformedField(name: string, reason: string): InvalidRequestError {
  return new InvalidRequestError([{ in: "header", pointer: name, detail: `${name} ${reason}` }]);
}

function read<T>(headers: IncomingHttpHeaders, { name, form, parse }: Field<T>): T | undefined {
  const text = headers[name.toLowerCase()]?.toString();
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) throw malformedField(name, `must be ${form}`);
  return value;
}

/** "The value MUST be a non-negative integer." One that a number cannot hold exactly is larger than any upload. */
export function parseByteCount(text: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : undefined;
}

/** A key, and behind one space its value, if it has one. */
const PAIR = /^([^ ]+)(?: ([^ ]*))?$/;
const KEY = /^[\x21-\x2b\x2d-\x7e]+$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * "The Upload-Metadata request and response header MUST consist of one or more comma-separated key-value pairs. The key and
 * value MUST be separated by a space. The key MUST NOT contain spaces and commas and MUST NOT be empty. The key SHOULD be ASCII
 * encoded and the value MUST be Base64 encoded. All keys MUST be unique. The value MAY be empty. In these cases, the space, which
 * would normally separate the key and the value, MAY be left out."
 *
 * Clients that have no metadata send the field empty. So empty elements and white space around commas count nothing, as in any list
 * (RFC 9110 §5.6.1.2).
 *
 * @returns `undefined` when there is no pair.
 * @throws InvalidRequestError
 */
export function parseMetadata(field: string): UploadMetadata | undefined {
  const values = new Map<string, string>();
  for (const element of field.split(",")) {
    const pair = element.trim();
    if (pair === "") continue;
    const [, key, value = ""] = PAIR.exec(pair) ?? [];
    if (key === undefined) throw malformedMetadata("has more than one space in a pair");
    if (!KEY.test(key)) throw malformedMetadata("has a key that is not visible ASCII characters");
    if (values.has(key)) throw malformedMetadata(`has the key ${key} twice`);
    if (value.length % 4 !== 0 || !BASE64.test(value))
      throw malformedMetadata(`has a value for ${key} that is not base64`);
    values.set(key, Buffer.from(value, "base64").toString());
  }
  return values.size === 0 ? undefined : { field, values };
}

const malformedMetadata = (reason: string) => malformedField("Upload-Metadata", reason);

/**
 * "If the upload is a partial one, the header value MUST be partial. In the case of a final upload, its value MUST be final
 * followed by a semicolon and a space-separated list of partial upload URLs that will be concatenated."
 */
export function parseConcat(field: string): UploadConcat | undefined {
  if (field === "partial") return field;
  if (!field.startsWith("final;")) return undefined;
  return { partUrls: field.slice("final;".length).trim().split(/ +/) };
}

const MAX_PARTS = 1000;
const PART_URL = /^(?:https?:\/\/[^/]+)?\/(?:[^?#]*\/)?uploads\/([^/?#]+)$/;
const HEX_SHA256 = /^[0-9a-f]{64}$/i;
type OnConflict = ResumableIntent["onConflict"];

const CONFLICTS: readonly string[] = ["version", "rename", "fail"] satisfies OnConflict[];

/** The name of a file whose client gave none. */
const NO_NAME = "unnamed";

/**
 * What a creation says about its upload. Of `Upload-Metadata` these keys count, all optional: `filename`, `filetype`, `onConflict`,
 * `sha256` (hexadecimal), `modifiedAt` and `lastModified`. A file without a name is called
 * `unnamed`, and replaces none. What is said about the place, `place.ts` reads.
 *
 * @throws InvalidRequestError
 */
export function readUploadIntent(
  headers: IncomingHttpHeaders,
  { length, metadata, concat }: TusFields,
): ResumableIntent {
  const values = metadata?.values ?? new Map<string, string>();
  const name = values.get("filename") ?? values.get("name");
  const isPart = concat === "partial";
  return {
    name: name ?? NO_NAME,
    claimedType: claimedMediaType(values.get("filetype") ?? values.get("type")),
    onConflict: readOnConflict(values.get("onConflict"), name === undefined ? "rename" : "version"),
    modifiedAt: readModifiedAt(values),
    claimedSha256: readSha256(values.get("sha256")),
    metadata: metadata?.field ?? null,
    expectedBytes: length,
    isPart,
    concat: headers["upload-concat"]?.toString() ?? null,
    // A part takes no name.
    condition: isPart ? null : readWriteCondition(headers),
  };
}

/**
 * The ids of a final upload's parts, in order. Host and path do not count: a proxy may have changed them.
 *
 * @throws InvalidRequestError
 */
export function readPartIds({ partUrls }: Exclude<UploadConcat, "partial">): Id[] {
  const ids = partUrls.map((url) => PART_URL.exec(url)?.[1] ?? "");
  if (!ids.every(isId)) {
    throw malformedField("Upload-Concat", "must be `final;` and the URLs of parts");
  }
  if (ids.length > MAX_PARTS) {
    throw malformedField("Upload-Concat", `may name ${MAX_PARTS} parts`);
  }
  if (new Set(ids).size < ids.length) {
    throw malformedField("Upload-Concat", "must name each part once");
  }
  return ids;
}

function readOnConflict(text: string | undefined, byDefault: OnConflict): OnConflict {
  if (text === undefined) return byDefault;
  if (CONFLICTS.includes(text)) return text as OnConflict;
  throw malformedMetadata(`has an invalid onConflict; valid are ${CONFLICTS.join(", ")}`);
}

/** `modifiedAt` as this API writes instants, or `lastModified` in milliseconds since 1970, as browsers have it. */
function readModifiedAt(values: ReadonlyMap<string, string>): Date | undefined {
  const [instant, milliseconds] = [values.get("modifiedAt"), values.get("lastModified")];
  if (instant !== undefined) {
    return parseInstant(instant) ?? malformedInstant("modifiedAt that is not an instant in UTC");
  }
  if (milliseconds === undefined) return undefined;
  return (
    parseEpoch(milliseconds, 1) ??
    malformedInstant("lastModified that is not a number of milliseconds since 1970")
  );
}

function malformedInstant(reason: string): never {
  throw malformedMetadata(`has a ${reason}`);
}

function readSha256(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (HEX_SHA256.test(text)) return text.toLowerCase();
  throw malformedMetadata("has a sha256 that is not 64 hexadecimal digits");
}
