/** The digests that a client claims for the bytes of one request. */
export interface Checksum {
  update(bytes: Buffer): void;
  /**
   * Called once, after all bytes.
   *
   * @throws ChecksumMismatchError, DigestMismatchError when the bytes have another digest.
   */
  verify(): void;
}
