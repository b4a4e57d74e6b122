import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/** The length of what {@link DerivedCipher} makes of nothing: a nonce and a tag. */
export const DERIVED_CIPHER_BYTES = NONCE_BYTES + TAG_BYTES;

/**
 * Encrypts small things that belong to a blob, each as a whole: AES-256-GCM with a random nonce, under a key that is derived from the blob's own for
 * one purpose (HKDF-SHA-256, RFC 5869).
 */
export class DerivedCipher {
  readonly #key: KeyObject;

  /**
   * @param dataKey - The key of the blob.
   * @param purpose - Gives each use a key of its own.
   */
  constructor(dataKey: KeyObject, purpose: string) {
    const key = hkdfSync("sha256", dataKey, Buffer.alloc(0), purpose, KEY_BYTES);
    this.#key = createSecretKey(Buffer.from(key));
  }

  /** @param claim - What the bytes are. It is authenticated, and not stored. @returns Nonce (12 bytes), ciphertext and tag (16 bytes). */
  encrypt(bytes: Uint8Array, claim: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    cipher.setAAD(claim);
    const encrypted = Buffer.concat([nonce, cipher.update(bytes), cipher.final()]);
    return Buffer.concat([encrypted, cipher.getAuthTag()]);
  }

  /** @returns What was encrypted, or `undefined` when these are not the bytes that were encrypted with this claim. */
  decrypt(encrypted: Buffer, claim: Buffer): Buffer | undefined {
    const tagAt = encrypted.length - TAG_BYTES;
    if (tagAt < NONCE_BYTES) return undefined;
    const nonce = encrypted.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    decipher.setAAD(claim).setAuthTag(encrypted.subarray(tagAt));
    const bytes = decipher.update(encrypted.subarray(NONCE_BYTES, tagAt));
    try {
      decipher.final();
      return bytes;
    } catch {
      return undefined;
    }
  }
}
