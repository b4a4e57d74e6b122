import type { IncomingMessage } from "node:http";
import { InvalidRequestError } from "../../common/platform/errors.js";
import {
  type ClaimedDigest,
  DIGEST_ALGORITHMS,
  type DigestClaims,
  isDigestAlgorithm,
} from "../../common/storage/claimed-digests.js";
import { parseDictionary, serializeBytes } from "./structured-dictionary.js";

/**
 * The fields that say what content is digested to (RFC 9530), in lower case. Where content comes as it is to be stored, in one
 * piece, both are about the same bytes.
 */
export const DIGEST_FIELDS = ["repr-digest", "content-digest"] as const;

/**
 * Reads `Repr-Digest` or `Content-Digest`. Algorithms other than sha-256 and sha-512 are ignored, as RFC 9530 has it.
 *
 * @returns `undefined` when it is no dictionary, or one of the known digests is no byte sequence of its length.
 */
export function parseDigests(field: string): readonly ClaimedDigest[] | undefined {
  const members = parseDictionary(field);
  if (members === undefined) return undefined;
  const claims: ClaimedDigest[] = [];
  for (const [algorithm, value] of members) {
    if (!isDigestAlgorithm(algorithm)) continue;
    if (value.kind !== "bytes" || value.bytes.length !== DIGEST_ALGORITHMS[algorithm])
      return undefined;
    claims.push({ algorithm, digest: value.bytes });
  }
  return claims;
}

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

/** Content's SHA-256 as `Repr-Digest` and `Content-Digest` have it. @param sha256 - Hexadecimal. */
export function digestField(sha256: string): string {
  return serializeBytes("sha-256", Buffer.from(sha256, "hex"));
}

/**
 * Whether a client that says what it wants (`Want-Repr-Digest`, `Want-Content-Digest`) may be sent a SHA-256: always, unless it
 * gives it the weight 0. One that wants only others is sent what there is (RFC 9530 §4); a malformed field is ignored.
 */
export function isSha256Welcome(want: string): boolean {
  const weight = parseDictionary(want)?.get("sha-256");
  return weight?.kind !== "integer" || weight.integer !== 0;
}
