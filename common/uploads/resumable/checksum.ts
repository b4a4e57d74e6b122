/** What the bytes of one request are to be held against. */
export interface Checksum {
  update(bytes: Buffer): void;
  /**
   * To be called once, when all bytes were given.
   *
   * @throws ChecksumMismatchError, DigestMismatchError when they have not the digest that was claimed.
   */
  verify(): void;
}
