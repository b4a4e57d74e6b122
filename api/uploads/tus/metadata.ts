import { MalformedRequestError } from "../../http/errors.js";
import { claimedMediaType } from "../../http/media-type.js";
import type { UploadIntent } from "../../../common/uploads/upload.js";
import type { ResumableIntent } from "../../../common/uploads/resumable/intent.js";

type OnConflict = UploadIntent["onConflict"];

const PAIR = /^([\x21-\x2b\x2d-\x7e]+)(?: ([A-Za-z0-9+/]*={0,2}))?$/;
const HEX_SHA256 = /^[0-9a-f]{64}$/i;
const CONFLICTS: readonly string[] = [
  "version",
  "rename",
  "fail",
] satisfies UploadIntent["onConflict"][];

/** What a file is called whose client gave it no name. */
const NO_NAME = "unnamed";

type Described = Pick<
  ResumableIntent,
  "name" | "claimedType" | "onConflict" | "claimedSha256" | "metadata"
>;

/**
 * Reads `Upload-Metadata` (tus 1.0, creation): `filename`, `filetype`, `onConflict` and `sha256` (hexadecimal), all optional. A
 * file without a name is called `unnamed`, and takes nobody's place. Whatever else stands there is only given back.
 *
 * @throws MalformedRequestError
 */
export function readUploadMetadata(field: string | undefined): Described {
  const pairs = field === undefined ? new Map<string, string>() : parsePairs(field);
  const name = pairs.get("filename") ?? pairs.get("name");
  return {
    name: name ?? NO_NAME,
    claimedType: claimedMediaType(pairs.get("filetype") ?? pairs.get("type")),
    onConflict: readOnConflict(pairs.get("onConflict"), name === undefined ? "rename" : "version"),
    claimedSha256: readSha256(pairs.get("sha256")),
    metadata: field ?? null,
  };
}

function parsePairs(field: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of field.split(",")) {
    const [, key, value = ""] = PAIR.exec(pair.trim()) ?? [];
    if (key === undefined) {
      throw new MalformedRequestError("Upload-Metadata is no list of keys and base64 values");
    }
    if (pairs.has(key)) throw new MalformedRequestError(`Upload-Metadata has ${key} twice`);
    pairs.set(key, Buffer.from(value, "base64").toString());
  }
  return pairs;
}

function readOnConflict(text: string | undefined, otherwise: OnConflict): OnConflict {
  if (text === undefined) return otherwise;
  if (CONFLICTS.includes(text)) return text as OnConflict;
  throw new MalformedRequestError(`onConflict must be one of ${CONFLICTS.join(", ")}`);
}

function readSha256(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (HEX_SHA256.test(text)) return text.toLowerCase();
  throw new MalformedRequestError("sha256 must be 64 hexadecimal digits");
}
