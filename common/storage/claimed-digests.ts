import { createHash, type Hash } from "node:crypto";
import { DigestMismatchError } from "./errors.js";

/** The algorithms that content is verified with (RFC 9530's names), and how long their digests are, in bytes. */
export const DIGEST_ALGORITHMS = { "sha-256": 32, "sha-512": 64 } as const;

export type DigestAlgorithm = keyof typeof DIGEST_ALGORITHMS;

export const isDigestAlgorithm = (name: string): name is DigestAlgorithm =>
  Object.hasOwn(DIGEST_ALGORITHMS, name);

/** What a client says that the digest of its content is. */
export interface ClaimedDigest {
  readonly algorithm: DigestAlgorithm;
  readonly digest: Buffer;
}

/** All that a client says about the digests of its content. */
export interface DigestClaims {
  readonly known: readonly ClaimedDigest[];
  /** Asked for behind the last byte; missing where nothing was announced to follow it. */
  readonly following?: () => readonly ClaimedDigest[];
}

export const NO_CLAIMS: DigestClaims = { known: [] };

/** Holds content against all digests that are claimed for it. SHA-256 is taken of all content anyway; SHA-512 only where it is, or may be, claimed. */
export class ClaimedDigests {
  readonly #claims: DigestClaims;
  readonly #sha512: Hash | undefined;

  constructor(claims: DigestClaims) {
    this.#claims = claims;
    const isAsked =
      claims.following !== undefined ||
      claims.known.some(({ algorithm }) => algorithm === "sha-512");
    this.#sha512 = isAsked ? createHash("sha512") : undefined;
  }

  update(bytes: Buffer): void {
    this.#sha512?.update(bytes);
  }

  /**
   * To be called once, when all of the content was given.
   *
   * @param sha256 - Of the content, hexadecimal.
   * @throws {@link DigestMismatchError}, and whatever the claims throw that follow.
   */
  verify(sha256: string): void {
    const found = { "sha-256": Buffer.from(sha256, "hex"), "sha-512": this.#sha512?.digest() };
    const { known, following = () => [] } = this.#claims;
    const wrong = [...known, ...following()].find(
      ({ algorithm, digest }) => !found[algorithm]?.equals(digest),
    );
    if (wrong !== undefined) throw new DigestMismatchError(wrong.algorithm);
  }
}
