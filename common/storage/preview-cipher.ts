import type { KeyObject } from "node:crypto";
import { DerivedCipher } from "./derived-cipher.js";
import { type PreviewKey, previewName } from "./preview.js";

/** Encrypts the previews of a blob. Their key follows from the blob's own, so a rotation of master keys does not touch them. */
export class PreviewCipher {
  readonly #cipher: DerivedCipher;

  /** @param dataKey - That of the blob. */
  constructor(dataKey: KeyObject) {
    this.#cipher = new DerivedCipher(dataKey, "preview");
  }

  encrypt(bytes: Uint8Array, preview: PreviewKey): Buffer {
    return this.#cipher.encrypt(bytes, claimOf(preview));
  }

  /** @returns What was encrypted, or `undefined` when these are not the bytes that were encrypted for this preview. */
  decrypt(encrypted: Buffer, preview: PreviewKey): Buffer | undefined {
    return this.#cipher.decrypt(encrypted, claimOf(preview));
  }
}

const claimOf = (preview: PreviewKey) => Buffer.from(previewName(preview));
