import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { type PreviewKey, previewName } from "./preview.js";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * Encrypts the previews of a blob: AES-256-GCM with a random nonce, under a key that is derived from the blob's own (HKDF-SHA-256, RFC 5869). So a
 * rotation of master keys concerns no preview. Which preview it is is authenticated.
 */
export class PreviewCipher {
  readonly #key: KeyObject;

  /** @param dataKey - That of the blob. */
  constructor(dataKey: KeyObject) {
    const key = hkdfSync("sha256", dataKey, Buffer.alloc(0), "preview", KEY_BYTES);
    this.#key = createSecretKey(Buffer.from(key));
  }

  /** @returns Nonce, ciphertext and tag. */
  encrypt(bytes: Uint8Array, preview: PreviewKey): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    cipher.setAAD(Buffer.from(previewName(preview)));
    const encrypted = Buffer.concat([nonce, cipher.update(bytes), cipher.final()]);
    return Buffer.concat([encrypted, cipher.getAuthTag()]);
  }

  /** @returns What was encrypted, or `undefined` when these are not the bytes that were encrypted for this preview. */
  decrypt(encrypted: Buffer, preview: PreviewKey): Buffer | undefined {
    const tagAt = encrypted.length - TAG_BYTES;
    if (tagAt < NONCE_BYTES) return undefined;
    const nonce = encrypted.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    decipher.setAAD(Buffer.from(previewName(preview)));
    decipher.setAuthTag(encrypted.subarray(tagAt));
    const bytes = decipher.update(encrypted.subarray(NONCE_BYTES, tagAt));
    try {
      decipher.final();
      return bytes;
    } catch {
      return undefined;
    }
  }
}
