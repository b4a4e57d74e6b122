import type { IncomingHttpHeaders } from "node:http";
import { isId, type Id } from "../../../common/platform/ids.js";
import type { ResumableIntent } from "../../../common/uploads/resumable/state.js";
import { readWriteCondition } from "../../files/write-condition.js";
import { MalformedRequestError } from "../../http/errors.js";
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
const METADATA: Field<UploadMetadata> = {
  name: "Upload-Metadata",
  form: "pairs of a key and a base64 value, with commas between them and each key once",
  parse: parseMetadata,
};
const CONCAT: Field<UploadConcat> = {
  name: "Upload-Concat",
  form: "`partial`, or `final;` and the URLs of parts",
  parse: parseConcat,
};

/**
 * Reads the fields of tus in a request's header. A malformed field is refused wherever it stands, even where it has no meaning.
 *
 * @throws MalformedRequestError
 */
export function readTusFields(headers: IncomingHttpHeaders): TusFields {
  return {
    offset: read(headers, OFFSET),
    length: read(headers, LENGTH),
    isLengthDeferred: read(headers, DEFER_LENGTH) ?? false,
    metadata: read(headers, METADATA),
    concat: read(headers, CONCAT),
  };
}

/** How a field of tus is refused. */
export function malformedField(name: string, reason: string): MalformedRequestError {
  return new MalformedRequestError(`${name} ${reason}`);
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

const KEY = /^[\x21-\x2b\x2d-\x7e]+$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * "The Upload-Metadata request and response header MUST consist of one or more comma-separated key-value pairs. The key and
 * value MUST be separated by a space. The key MUST NOT contain spaces and commas and MUST NOT be empty. The key SHOULD be ASCII
 * encoded and the value MUST be Base64 encoded. All keys MUST be unique. The value MAY be empty. In these cases, the space, which
 * would normally separate the key and the value, MAY be left out."
 */
export function parseMetadata(field: string): UploadMetadata | undefined {
  const values = new Map<string, string>();
  for (const pair of field.split(",")) {
    const [key = "", value = "", ...others] = pair.trim().split(" ");
    const isBase64 = value.length % 4 === 0 && BASE64.test(value);
    if (others.length > 0 || !KEY.test(key) || !isBase64 || values.has(key)) return undefined;
    values.set(key, Buffer.from(value, "base64").toString());
  }
  return { field, values };
}

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
 * What a creation says about its upload. Of `Upload-Metadata` these keys count, all optional: `filename`, `filetype`, `folderId`,
 * `onConflict` and `sha256` (hexadecimal). A file without a name is called `unnamed`, and replaces none.
 *
 * @throws MalformedRequestError, InvalidRequestError
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
    claimedSha256: readSha256(values.get("sha256")),
    metadata: metadata?.field ?? null,
    expectedBytes: length,
    isPart,
    // A part takes no name.
    condition: isPart ? null : readWriteCondition(headers),
  };
}

/** The folder that the file goes to; `root` by default. */
export function readFolderId({ metadata }: TusFields): Id {
  return metadata?.values.get("folderId") ?? "root";
}

/**
 * The ids of a final upload's parts, in order. Host and path do not count: a proxy may have changed them.
 *
 * @throws MalformedRequestError
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
  throw malformedField(
    "Upload-Metadata",
    `has an onConflict that is none of ${CONFLICTS.join(", ")}`,
  );
}

function readSha256(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (HEX_SHA256.test(text)) return text.toLowerCase();
  throw malformedField("Upload-Metadata", "has a sha256 that is not 64 hexadecimal digits");
}
