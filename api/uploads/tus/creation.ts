import type { IncomingHttpHeaders } from "node:http";
import { isId, type Id } from "../../../common/platform/ids.js";
import type { ResumableIntent } from "../../../common/uploads/resumable/state.js";
import { readWriteCondition } from "../../files/write-condition.js";
import { claimedMediaType } from "../../http/media-type.js";
import { malformedField, type TusFields, type UploadConcat } from "./fields.js";

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
