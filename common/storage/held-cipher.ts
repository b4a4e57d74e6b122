import type { KeyObject } from "node:crypto";
import type { ObjectId } from "mongodb";
import { DERIVED_CIPHER_BYTES, DerivedCipher } from "./derived-cipher.js";
import { DamagedContentError } from "./errors.js";

/** What is kept, and at which offset of its upload: authenticated, so that it cannot be put back into another place. */
export interface HeldPlace {
  readonly what: "tail" | "digest";
  readonly offset: number;
}

/**
 * Encrypts what is kept of a resumable upload between two requests beside whole frames, anew with each of them: the tail, and the
 * state of its digest, which holds the last bytes too (up to 63). What is empty, and all that is kept at offset 0, tells nothing and stays as it is.
 */
export class HeldCipher {
  readonly #cipher: DerivedCipher;
  readonly #blobId: ObjectId;

  constructor(dataKey: KeyObject, blobId: ObjectId) {
    this.#cipher = new DerivedCipher(dataKey, "held");
    this.#blobId = blobId;
  }

  encrypt(bytes: Uint8Array, place: HeldPlace): Buffer {
    if (isNothing(bytes, place)) return Buffer.from(bytes);
    return this.#cipher.encrypt(bytes, this.#claimOf(place));
  }

  /** @throws {@link DamagedContentError} when these are not bytes that were encrypted for this place. */
  decrypt(encrypted: Buffer, place: HeldPlace): Buffer {
    if (isNothing(encrypted, place)) return encrypted;
    if (encrypted.length < DERIVED_CIPHER_BYTES)
      throw new DamagedContentError(this.#blobId, `its ${place.what} is too short`);
    const bytes = this.#cipher.decrypt(encrypted, this.#claimOf(place));
    if (bytes !== undefined) return bytes;
    throw new DamagedContentError(this.#blobId, `its ${place.what} is not as it was written`);
  }

  #claimOf({ what, offset }: HeldPlace): Buffer {
    const place = Buffer.alloc(8);
    place.writeBigUInt64BE(BigInt(offset));
    return Buffer.concat([this.#blobId.id, place, Buffer.from(what)]);
  }
}

const isNothing = (bytes: Uint8Array, { offset }: HeldPlace) => bytes.length === 0 || offset === 0;
