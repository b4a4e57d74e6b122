import type { ResumableUpload } from "../../../common/uploads/resumable/upload.js";
import { API_PREFIXES } from "../../http/route.js";
import type { UploadLimits } from "../limits.js";
import { CHECKSUM_ALGORITHMS } from "./checksum.js";

export const TUS_VERSION = "1.0.0";

const EXTENSIONS = [
  "creation",
  "creation-with-upload",
  "creation-defer-length",
  "expiration",
  "termination",
  "checksum",
  "concatenation",
];

type Fields = Readonly<Record<string, string>>;

/** What a client may ask before it knows anything else. */
export function presentServer({ maxFileBytes }: UploadLimits): Fields {
  return {
    "Tus-Resumable": TUS_VERSION,
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": EXTENSIONS.join(","),
    "Tus-Checksum-Algorithm": CHECKSUM_ALGORITHMS.join(","),
    "Tus-Max-Size": String(maxFileBytes),
  };
}

/** What `HEAD` is answered: all that a client needs to resume. */
export function presentUpload(held: ResumableUpload, base: string): Fields {
  const { lengthBytes, upload } = held;
  const { metadata, concat } = upload.resumable;
  return {
    // "The Server MUST prevent the client and/or proxies from caching the response by adding the Cache-Control: no-store header."
    "Cache-Control": "no-store",
    // "The Server MUST always include the Upload-Offset header in the response for a HEAD request, even if the offset is 0, or the
    // upload is already considered completed." "The response to a HEAD request for a final upload SHOULD NOT contain the Upload-Offset
    // header unless the concatenation has been successfully finished."
    ...(!held.isConcatenating && presentOffset(held)),
    // "If the size of the upload is known, the Server MUST include the Upload-Length header in the response." "As long as the length of
    // the upload is not known, the Server MUST set Upload-Defer-Length: 1 in all responses to HEAD requests."
    ...(lengthBytes === null
      ? { "Upload-Defer-Length": "1" }
      : { "Upload-Length": String(lengthBytes) }),
    // "If an upload contains additional metadata, responses to HEAD requests MUST include the Upload-Metadata header and its value as
    // specified by the Client during the creation."
    ...(metadata !== null && { "Upload-Metadata": metadata }),
    // "Response to HEAD request against partial or final upload MUST include the Upload-Concat header and its value as received in the
    // upload creation request."
    ...(concat !== null && { "Upload-Concat": concat }),
    ...presentFile(held, base),
  };
}

export function presentOffset({ offset }: ResumableUpload): Fields {
  return { "Upload-Offset": String(offset) };
}

/**
 * "The Upload-Expires response header indicates the time after which the unfinished upload expires." "This header MUST be included in
 * every PATCH response if the upload is going to expire." An HTTP date (RFC 9110 §5.6.7).
 */
export function presentExpiry({ upload, offset, lengthBytes }: ResumableUpload): Fields {
  return offset === lengthBytes ? {} : { "Upload-Expires": upload.leaseUntil.toUTCString() };
}

/** Where the file is that the upload has become, if it has. Share links have no such place. */
export function presentFile({ fileId }: Pick<ResumableUpload, "fileId">, base: string): Fields {
  const isApi = API_PREFIXES.some((prefix) => prefix === base);
  return fileId === undefined || !isApi ? {} : { "Content-Location": fileLocation(fileId, base) };
}

/** What the path of a request has before `/uploads`: the prefix of the API, or the path of a share link. */
export const uploadsBase = ({ path }: { readonly path: string }) =>
  path.slice(0, path.lastIndexOf("/uploads"));

export const uploadLocation = (uploadId: string, base: string) => `${base}/uploads/${uploadId}`;

const fileLocation = (fileId: string, base: string) => `${base}/files/${fileId}/metadata`;
