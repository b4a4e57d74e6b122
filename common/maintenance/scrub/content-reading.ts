import { createHash } from "node:crypto";
import type { StoredBlob } from "../../storage/blob-reader.js";
import { ResumableDigest } from "../../storage/resumable-digest.js";

/** How far a blob's content was read: to the end of a frame. */
export interface ReadPosition {
  /** How many bytes of content were read. */
  readonly offset: number;
  /**
   * SHA-256 over them, in the middle of its work; `null` for encrypted content, whose frames verify themselves: such a state holds
   * up to 63 bytes of what it was given, which is not to be stored unencrypted.
   */
  readonly digestState: Uint8Array | null;
}

interface Digest {
  update(bytes: Buffer): void;
  /** Lower-case hexadecimal. */
  finish(): string;
}

interface Options {
  readonly from?: ReadPosition | undefined;
  readonly isResumable?: boolean;
}

/** One reading of a blob's content, from its beginning or from where an earlier one stopped. */
export class ContentReading {
  readonly #blob: StoredBlob;
  readonly #digest: Digest | undefined;
  #offset: number;

  private constructor(blob: StoredBlob, offset: number, digest: Digest | undefined) {
    this.#blob = blob;
    this.#offset = offset;
    this.#digest = digest;
  }

  /** A position that does not fit the blob, or was stored by another release, is ignored: reading begins anew. */
  static async open(blob: StoredBlob, { from, isResumable = false }: Options) {
    const isSealed = blob.cipher !== undefined;
    if (from !== undefined && fits(blob, from)) {
      const { offset, digestState } = from;
      if (isSealed) return new ContentReading(blob, offset, undefined);
      const digest = digestState === null ? undefined : await ResumableDigest.resume(digestState);
      if (digest !== undefined) return new ContentReading(blob, offset, digest);
    }
    const digest = isResumable && !isSealed ? await ResumableDigest.begin() : newDigest();
    return new ContentReading(blob, 0, digest);
  }

  /** How many bytes were read, those of earlier readings among them. */
  get offset(): number {
    return this.#offset;
  }

  take(piece: Buffer): void {
    this.#offset += piece.length;
    this.#digest?.update(piece);
  }

  /** Where another reading can go on; `undefined` where it cannot, or where nothing is left to read. */
  position(): ReadPosition | undefined {
    const offset = this.#offset;
    if (offset >= this.#blob.sizeBytes) return undefined;
    if (this.#blob.cipher !== undefined) return { offset, digestState: null };
    if (!(this.#digest instanceof ResumableDigest)) return undefined;
    return { offset, digestState: this.#digest.save() };
  }

  /** The SHA-256 of all content, hexadecimal; `undefined` where its frames alone verify it. */
  finish(): string | undefined {
    return this.#digest?.finish();
  }
}

const fits = ({ sizeBytes, frameBytes }: StoredBlob, { offset }: ReadPosition) =>
  offset > 0 && offset < sizeBytes && offset % frameBytes === 0;

function newDigest(): Digest {
  const hash = createHash("sha256");
  return {
    update(bytes) {
      hash.update(bytes);
    },
    finish: () => hash.digest("hex"),
  };
}
