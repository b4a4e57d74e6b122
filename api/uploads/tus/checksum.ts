import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { IncomingHttpHeaders } from "node:http";
import type { Checksum } from "../../../common/uploads/resumable/checksum.js";
import { ClaimedDigests } from "../../../common/storage/claimed-digests.js";
import { ChecksumMismatchError } from "../../../common/uploads/errors.js";
import { readClaimedDigests } from "../../http/digest-fields.js";
import { malformedField } from "./fields.js";

/** The algorithms of `Tus-Checksum-Algorithm`. */
export const CHECKSUM_ALGORITHMS = ["sha1", "sha256", "crc32"] as const;

type Algorithm = (typeof CHECKSUM_ALGORITHMS)[number];

const DIGEST_BYTES: Readonly<Record<Algorithm, number>> = { sha1: 20, sha256: 32, crc32: 4 };
const FIELD = /^(\S+) ([A-Za-z0-9+/]+={0,2})$/;

/**
 * The digests that a client claims for the body of its request, in `Upload-Checksum` and `Content-Digest` (RFC 9530). All of them have to
 * be right.
 *
 * @throws InvalidRequestError
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
 * "The header MUST consist of the name of the used checksum algorithm and the Base64 encoded checksum separated by a space." The digest
 * of crc32 is big-endian.
 *
 * @throws InvalidRequestError
 */
function readUploadChecksum(field: string | undefined): Checksum | undefined {
  if (field === undefined) return undefined;
  const [, algorithm = "", base64 = ""] = FIELD.exec(field.trim()) ?? [];
  if (!isAlgorithm(algorithm)) {
    // "400 Bad Request if the checksum algorithm is not supported by the server".
    const known = CHECKSUM_ALGORITHMS.join(", ");
    throw malformedField("Upload-Checksum", `must be one of ${known}, a space and a base64 digest`);
  }
  const claimed = Buffer.from(base64, "base64");
  if (claimed.length !== DIGEST_BYTES[algorithm]) {
    throw malformedField(
      "Upload-Checksum",
      `needs the ${DIGEST_BYTES[algorithm]} bytes of a ${algorithm} digest, in base64`,
    );
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
