import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import type { ObjectId } from "mongodb";
import { DamagedContentError } from "./errors.js";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * Seals what a resumable upload holds back between two requests (see `FrameCutter.rest`), which is sealed anew with each of them:
 * AES-256-GCM with a random nonce, under a key that is derived from the blob's own (HKDF-SHA-256, RFC 5869). The number of the
 * frame that the bytes begin is authenticated, so that they cannot be put back into another place.
 */
export class TailCipher {
  readonly #key: KeyObject;
  readonly #blobId: ObjectId;

  constructor(dataKey: KeyObject, blobId: ObjectId) {
    const key = hkdfSync("sha256", dataKey, Buffer.alloc(0), "tail", KEY_BYTES);
    this.#key = createSecretKey(Buffer.from(key));
    this.#blobId = blobId;
  }

  /** @returns Nonce (12 bytes), ciphertext and tag (16 bytes). */
  seal(tail: Buffer, frame: number): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    cipher.setAAD(this.#claimOf(frame));
    const sealed = Buffer.concat([nonce, cipher.update(tail), cipher.final()]);
    return Buffer.concat([sealed, cipher.getAuthTag()]);
  }

  /** @throws {@link DamagedContentError} when these are not bytes that were sealed for this frame. */
  open(sealed: Buffer, frame: number): Buffer {
    const tagAt = sealed.length - TAG_BYTES;
    if (tagAt < NONCE_BYTES) throw new DamagedContentError(this.#blobId, "its tail is too short");
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    decipher.setAAD(this.#claimOf(frame)).setAuthTag(sealed.subarray(tagAt));
    const tail = decipher.update(sealed.subarray(NONCE_BYTES, tagAt));
    try {
      decipher.final();
      return tail;
    } catch {
      throw new DamagedContentError(this.#blobId, "its tail is not as it was written");
    }
  }

  #claimOf(frame: number): Buffer {
    const claim = Buffer.alloc(20);
    claim.set(this.#blobId.id);
    claim.writeBigUInt64BE(BigInt(frame), 12);
    return claim;
  }
}
