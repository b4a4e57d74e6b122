import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { IncomingHttpHeaders } from "node:http";
import type { Checksum } from "../../../common/uploads/resumable/checksum.js";
import { ClaimedDigests } from "../../../common/storage/claimed-digests.js";
import { ChecksumMismatchError } from "../../../common/uploads/errors.js";
import { MalformedRequestError } from "../../http/errors.js";
import { readClaimedDigests } from "../claimed-digests.js";

/** The algorithms of `Tus-Checksum-Algorithm`. */
export const CHECKSUM_ALGORITHMS = ["sha1", "sha256", "crc32"] as const;

type Algorithm = (typeof CHECKSUM_ALGORITHMS)[number];

const DIGEST_BYTES: Readonly<Record<Algorithm, number>> = { sha1: 20, sha256: 32, crc32: 4 };
const FIELD = /^(\S+) ([A-Za-z0-9+/]+={0,2})$/;

/**
 * What the bytes of a request are to be held against, all of it: `Upload-Checksum`, and `Content-Digest` (RFC 9530).
 *
 * @throws MalformedRequestError, InvalidRequestError
 */
export function readChecksum(headers: IncomingHttpHeaders): Checksum | undefined {
  const checksums = [
    readUploadChecksum(headers["upload-checksum"]?.toString()),
    readContentDigest(headers),
  ].filter((checksum) => checksum !== undefined);
  if (checksums.length === 0) return undefined;
  return {
    update(bytes) {
      for (const checksum of checksums) checksum.update(bytes);
    },
    verify() {
      for (const checksum of checksums) checksum.verify();
    },
  };
}

function readContentDigest(headers: IncomingHttpHeaders): Checksum | undefined {
  const known = readClaimedDigests(headers, "content-digest");
  if (known.length === 0) return undefined;
  const digests = new ClaimedDigests({ known });
  const sha256 = createHash("sha256");
  return {
    update(bytes) {
      sha256.update(bytes);
      digests.update(bytes);
    },
    verify() {
      digests.verify(sha256.digest("hex"));
    },
  };
}

/**
 * Reads `Upload-Checksum` (tus 1.0, checksum): an algorithm and the base64 of the digest; that of crc32 is big-endian.
 *
 * @throws MalformedRequestError when it has another form, or names another algorithm.
 */
function readUploadChecksum(field: string | undefined): Checksum | undefined {
  if (field === undefined) return undefined;
  const [, algorithm = "", base64 = ""] = FIELD.exec(field.trim()) ?? [];
  if (!isAlgorithm(algorithm)) {
    const known = CHECKSUM_ALGORITHMS.join(", ");
    throw new MalformedRequestError(`Upload-Checksum must name one of ${known}, and a digest`);
  }
  const claimed = Buffer.from(base64, "base64");
  if (claimed.length !== DIGEST_BYTES[algorithm]) {
    throw new MalformedRequestError(`the digest of Upload-Checksum is not one of ${algorithm}`);
  }
  const running = algorithm === "crc32" ? runningCrc32() : runningHash(algorithm);
  return {
    update(bytes) {
      running.update(bytes);
    },
    verify() {
      if (!running.digest().equals(claimed)) throw new ChecksumMismatchError(algorithm);
    },
  };
}

interface RunningDigest {
  update(bytes: Buffer): void;
  digest(): Buffer;
}

function runningHash(algorithm: "sha1" | "sha256"): RunningDigest {
  const hash = createHash(algorithm);
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => hash.digest(),
  };
}

function runningCrc32(): RunningDigest {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}

const isAlgorithm = (text: string): text is Algorithm =>
  CHECKSUM_ALGORITHMS.some((algorithm) => algorithm === text);
