import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import type { ObjectId } from "mongodb";
import { type Frame, SEAL_BYTES as TAG_BYTES } from "./frames.js";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const OPTIONS = { authTagLength: TAG_BYTES };
const MOST_WRITER = 2 ** 31 - 1;

/** Which frame of its blob a sealed one claims to be, and which writer sealed it. */
export interface FramePlace {
  readonly n: number;
  readonly isLast: boolean;
  /** The fencing token of a resumable upload, or 0. */
  readonly writer: number;
}

/**
 * Seals and opens the frames of one blob, each by itself: AES-256-GCM (NIST SP 800-38D) under the blob's own key. The nonce is
 * the writer's token (32 bits) and the frame's number (64 bits): a writer must seal each number at most once. Blob id, number
 * and whether the frame is the last one are authenticated with it, so no frame opens in another's place.
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
  seal({ n, pieces, sizeBytes, isLast }: Frame, writer: number, room?: Buffer): Buffer {
    const place = { n, isLast, writer };
    const cipher = createCipheriv(ALGORITHM, this.#key, nonceOf(place), OPTIONS);
    cipher.setAAD(this.#claimOf(place));
    const sealedBytes = sizeBytes + TAG_BYTES;
    const sealed = room?.subarray(0, sealedBytes) ?? Buffer.allocUnsafe(sealedBytes);
    let at = 0;
    for (const piece of pieces) at += cipher.update(piece).copy(sealed, at);
    cipher.final();
    cipher.getAuthTag().copy(sealed, at);
    return sealed;
  }

  /** @returns What was sealed, or `undefined` when these are not the bytes that were sealed for this place. */
  open(sealed: Buffer, place: FramePlace): Buffer | undefined {
    const tagAt = sealed.length - TAG_BYTES;
    if (tagAt < 0 || !isWriter(place.writer)) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonceOf(place), OPTIONS);
    decipher.setAAD(this.#claimOf(place));
    decipher.setAuthTag(sealed.subarray(tagAt));
    const content = decipher.update(sealed.subarray(0, tagAt));
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
const isWriter = (writer: number) =>
  Number.isInteger(writer) && writer >= 0 && writer <= MOST_WRITER;

function nonceOf({ n, writer }: FramePlace): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(writer);
  nonce.writeBigUInt64BE(BigInt(n), 4);
  return nonce;
}
