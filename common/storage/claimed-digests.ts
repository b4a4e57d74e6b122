import { createHash, type Hash } from "node:crypto";
import { DigestMismatchError } from "./errors.js";

/** The algorithms that digests are verified with, by their names of RFC 9530, and the lengths of their digests in bytes. */
export const DIGEST_ALGORITHMS = { "sha-256": 32, "sha-512": 64 } as const;

export type DigestAlgorithm = keyof typeof DIGEST_ALGORITHMS;

export const isDigestAlgorithm = (name: string): name is DigestAlgorithm =>
  Object.hasOwn(DIGEST_ALGORITHMS, name);

/** A digest that a client claims for its content. */
export interface ClaimedDigest {
  readonly algorithm: DigestAlgorithm;
  readonly digest: Buffer;
}

/** All digests that a client claims for its content. */
export interface DigestClaims {
  readonly known: readonly ClaimedDigest[];
  /** The claims in the trailers, called after the last byte; missing when no trailer was announced. */
  readonly following?: () => readonly ClaimedDigest[];
}

export const NO_CLAIMS: DigestClaims = { known: [] };

/** Compares content with the digests that are claimed for it. SHA-512 is taken only when it is, or may be, claimed. */
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
   * Called once, after all content.
   *
   * @param sha256 - The SHA-256 of the content, hexadecimal.
   * @throws {@link DigestMismatchError}, and whatever `following` throws.
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
