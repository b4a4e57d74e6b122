import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Checksum } from "../../../common/uploads/resumable-upload.js";
import { MalformedRequestError } from "../../http/errors.js";

/** The algorithms of `Tus-Checksum-Algorithm`. */
export const CHECKSUM_ALGORITHMS = ["sha1", "sha256", "crc32"] as const;

type Algorithm = (typeof CHECKSUM_ALGORITHMS)[number];

const DIGEST_BYTES: Readonly<Record<Algorithm, number>> = { sha1: 20, sha256: 32, crc32: 4 };
const FIELD = /^(\S+) ([A-Za-z0-9+/]+={0,2})$/;

/**
 * Reads `Upload-Checksum` (tus 1.0, checksum): an algorithm and the base64 of the digest; that of crc32 is big-endian.
 *
 * @throws MalformedRequestError when it has another form, or names another algorithm.
 */
export function readUploadChecksum(field: string | undefined): Checksum | undefined {
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
    algorithm,
    update: (bytes) => {
      running.update(bytes);
    },
    matches: () => running.digest().equals(claimed),
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
