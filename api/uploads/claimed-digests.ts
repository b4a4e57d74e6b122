import type { IncomingHttpHeaders } from "node:http";
import { InvalidRequestError } from "../../common/platform/errors.js";
import type { ClaimedDigest } from "../../common/uploads/claimed-digests.js";
import { DIGEST_FIELDS, parseDigests } from "../http/digest-fields.js";

/**
 * What a request says that the digests of its content are, in `Repr-Digest` and `Content-Digest` (RFC 9530).
 *
 * @throws {@link InvalidRequestError} when one of them is malformed: bytes that somebody meant to protect are not taken unverified.
 */
export function readClaimedDigests(headers: IncomingHttpHeaders): ClaimedDigest[] {
  return DIGEST_FIELDS.flatMap((name) => {
    const digests = parseDigests(headers[name]?.toString() ?? "");
    if (digests !== undefined) return digests;
    const detail = `${name} must be a dictionary of digests, such as sha-256=:base64:`;
    throw new InvalidRequestError([{ in: "header", pointer: name, detail }]);
  });
}
