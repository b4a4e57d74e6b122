import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import type { ObjectId } from "mongodb";
import { type Frame, SEAL_BYTES as TAG_BYTES } from "./frames.js";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const OPTIONS = { authTagLength: TAG_BYTES };
const MAX_FENCING_TOKEN = 2 ** 31 - 1;

/** Which frame of its blob an encrypted one claims to be, and the fencing token that it was encrypted with. */
export interface FramePlace {
  readonly n: number;
  readonly isLast: boolean;
  /** The fencing token of a resumable upload, or 0. */
  readonly fencingToken: number;
}

/**
 * Encrypts and decrypts the frames of one blob, each by itself: AES-256-GCM (NIST SP 800-38D) under the blob's own key. The nonce is
 * the fencing token (32 bits) and the frame's number (64 bits): each number is encrypted at most once with each token. Blob id, number
 * and whether the frame is the last one are authenticated with it, so no frame is decrypted in another's place.
 */
export class FrameCipher {
  readonly #key: KeyObject;
  readonly #blobId: ObjectId;

  /** @param key - 32 random bytes that no other blob has. */
  constructor(key: KeyObject, blobId: ObjectId) {
    this.#key = key;
    this.#blobId = blobId;
  }

  /**
   * @param room - Where to put it, of at least its length: a new buffer for every frame would keep the garbage collector busy.
   * @returns The ciphertext, followed by its 16 bytes of tag.
   */
  encrypt({ n, pieces, sizeBytes, isLast }: Frame, fencingToken: number, room?: Buffer): Buffer {
    const place = { n, isLast, fencingToken };
    const cipher = createCipheriv(ALGORITHM, this.#key, nonceOf(place), OPTIONS);
    cipher.setAAD(this.#claimOf(place));
    const encryptedBytes = sizeBytes + TAG_BYTES;
    const encrypted = room?.subarray(0, encryptedBytes) ?? Buffer.allocUnsafe(encryptedBytes);
    let at = 0;
    for (const piece of pieces) at += cipher.update(piece).copy(encrypted, at);
    cipher.final();
    cipher.getAuthTag().copy(encrypted, at);
    return encrypted;
  }

  /** @returns What was encrypted, or `undefined` when these are not the bytes that were encrypted for this place. */
  decrypt(encrypted: Buffer, place: FramePlace): Buffer | undefined {
    const tagAt = encrypted.length - TAG_BYTES;
    if (tagAt < 0 || !isFencingToken(place.fencingToken)) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonceOf(place), OPTIONS);
    decipher.setAAD(this.#claimOf(place));
    decipher.setAuthTag(encrypted.subarray(tagAt));
    const content = decipher.update(encrypted.subarray(0, tagAt));
    try {
      decipher.final();
      return content;
    } catch {
      return undefined;
    }
  }

  #claimOf({ n, isLast }: FramePlace): Buffer {
    const claim = Buffer.alloc(21);
    claim.set(this.#blobId.id);
    claim.writeBigUInt64BE(BigInt(n), 12);
    claim.writeUInt8(isLast ? 1 : 0, 20);
    return claim;
  }
}

/** The token is read from the store with the frame, and may be anything there. */
const isFencingToken = (fencingToken: number) =>
  Number.isInteger(fencingToken) && fencingToken >= 0 && fencingToken <= MAX_FENCING_TOKEN;

function nonceOf({ n, fencingToken }: FramePlace): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(fencingToken);
  nonce.writeBigUInt64BE(BigInt(n), 4);
  return nonce;
}
