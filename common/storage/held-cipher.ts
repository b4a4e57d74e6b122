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

/** What is kept, and at which offset of its upload: authenticated, so that it cannot be put back into another place. */
export interface HeldPlace {
  readonly what: "tail" | "digest";
  readonly offset: number;
}

/**
 * Encrypts what is kept of a resumable upload between two requests beside whole frames, anew with each of them: the tail, and the
 * state of its digest, which holds the last bytes too (up to 63). AES-256-GCM with a random nonce, under a key that is derived from the
 * blob's own (HKDF-SHA-256, RFC 5869). What is empty, and all that is kept at offset 0, tells nothing and stays as it is.
 */
export class HeldCipher {
  readonly #key: KeyObject;
  readonly #blobId: ObjectId;

  constructor(dataKey: KeyObject, blobId: ObjectId) {
    const key = hkdfSync("sha256", dataKey, Buffer.alloc(0), "held", KEY_BYTES);
    this.#key = createSecretKey(Buffer.from(key));
    this.#blobId = blobId;
  }

  /** @returns Nonce (12 bytes), ciphertext and tag (16 bytes). */
  encrypt(bytes: Uint8Array, place: HeldPlace): Buffer {
    if (isNothing(bytes, place)) return Buffer.from(bytes);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    cipher.setAAD(this.#claimOf(place));
    const encrypted = Buffer.concat([nonce, cipher.update(bytes), cipher.final()]);
    return Buffer.concat([encrypted, cipher.getAuthTag()]);
  }

  /** @throws {@link DamagedContentError} when these are not bytes that were encrypted for this place. */
  decrypt(encrypted: Buffer, place: HeldPlace): Buffer {
    if (isNothing(encrypted, place)) return encrypted;
    const tagAt = encrypted.length - TAG_BYTES;
    if (tagAt < NONCE_BYTES)
      throw new DamagedContentError(this.#blobId, `its ${place.what} is too short`);
    const nonce = encrypted.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, OPTIONS);
    decipher.setAAD(this.#claimOf(place)).setAuthTag(encrypted.subarray(tagAt));
    const bytes = decipher.update(encrypted.subarray(NONCE_BYTES, tagAt));
    try {
      decipher.final();
      return bytes;
    } catch {
      throw new DamagedContentError(this.#blobId, `its ${place.what} is not as it was written`);
    }
  }

  #claimOf({ what, offset }: HeldPlace): Buffer {
    const place = Buffer.alloc(8);
    place.writeBigUInt64BE(BigInt(offset));
    return Buffer.concat([this.#blobId.id, place, Buffer.from(what)]);
  }
}

const isNothing = (bytes: Uint8Array, { offset }: HeldPlace) => bytes.length === 0 || offset === 0;
