import type { IncomingMessage } from "node:http";
import { InvalidRequestError } from "../../common/platform/errors.js";
import type { ClaimedDigest, DigestClaims } from "../../common/storage/claimed-digests.js";
import { DIGEST_FIELDS, parseDigests } from "../http/digest-fields.js";

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The digests that a request claims for its content in `Repr-Digest` and `Content-Digest` (RFC 9530). They may follow the content as
 * trailers when `Trailer` announces them (RFC 9110 §6.6.2), because a client that reads its content once knows them only then.
 *
 * @throws {@link InvalidRequestError} when one is malformed: the client meant to protect these bytes.
 */
export function readDigestClaims(req: IncomingMessage): DigestClaims {
  const known = DIGEST_FIELDS.flatMap((name) => readClaimedDigests(req.headers, name));
  const announced = req.headers.trailer?.toLowerCase().split(/[\s,]+/) ?? [];
  const following = DIGEST_FIELDS.filter((name) => announced.includes(name));
  if (following.length === 0) return { known };
  return {
    known,
    following: () => following.flatMap((name) => readClaimedDigests(req.trailers, name)),
  };
}

/** Those of one field. @throws {@link InvalidRequestError} when it is malformed. */
export function readClaimedDigests(
  fields: Fields,
  name: (typeof DIGEST_FIELDS)[number],
): readonly ClaimedDigest[] {
  const digests = parseDigests(fields[name]?.toString() ?? "");
  if (digests !== undefined) return digests;
  const detail = `${name} must be a dictionary of digests, such as sha-256=:base64:`;
  throw new InvalidRequestError([{ in: "header", pointer: name, detail }]);
}
