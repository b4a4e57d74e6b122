/** How much longer an encrypted frame is than its content, in bytes: the tag of AES-256-GCM. */
export const SEAL_BYTES = 16;

/** How the content of a blob lies in its chunks: unencrypted, or in encrypted frames, one a chunk. */
export interface FrameLayout {
  /** Stored bytes of every chunk but the last. */
  readonly chunkSizeBytes: number;
  readonly isEncrypted: boolean;
}

const sealOf = ({ isEncrypted }: Pick<FrameLayout, "isEncrypted">) =>
  isEncrypted ? SEAL_BYTES : 0;

/** How much content every frame but the last of a blob holds, in bytes. */
export function frameBytesOf(layout: FrameLayout): number {
  return layout.chunkSizeBytes - sealOf(layout);
}

/** How many bytes content takes in the chunks of a blob. Sealed content has at least one frame, be it empty. */
export function storedBytesOf(sizeBytes: number, layout: FrameLayout): number {
  return sizeBytes + sealOf(layout) * Math.max(1, Math.ceil(sizeBytes / frameBytesOf(layout)));
}

/** How many bytes of content a blob of `storedBytes` holds; `undefined` when no content takes so many. */
export function contentBytesOf(storedBytes: number, layout: FrameLayout): number | undefined {
  const { chunkSizeBytes, isEncrypted } = layout;
  const isPossible =
    Number.isSafeInteger(chunkSizeBytes) &&
    Number.isSafeInteger(storedBytes) &&
    frameBytesOf(layout) > 0 &&
    storedBytes >= sealOf(layout);
  if (!isPossible) return undefined;
  const chunks = Math.ceil(storedBytes / chunkSizeBytes);
  const sizeBytes = storedBytes - chunks * sealOf(layout);
  // Every frame but that of empty content holds something.
  const isWhole =
    !isEncrypted || chunks === Math.max(1, Math.ceil(sizeBytes / frameBytesOf(layout)));
  return isWhole ? sizeBytes : undefined;
}

/** One chunk's worth of content, in the pieces that it arrived in. */
export interface Frame {
  /** Its place in the blob, from 0. */
  readonly n: number;
  readonly pieces: readonly Buffer[];
  readonly sizeBytes: number;
  readonly isLast: boolean;
}

interface Options {
  /** How much content every frame but the last holds, in bytes. */
  readonly frameBytes: number;
  /** The number of the first frame to be cut; 0 by default. */
  readonly firstFrame?: number;
  /** What {@link FrameCutter.rest} gave when an upload was interrupted; at most `frameBytes`. */
  readonly held?: Buffer;
}

/**
 * Cuts content into frames of equal size without copying it. A full frame is held back until more content comes, so that of
 * each frame that leaves it is known whether it is the last one.
 */
export class FrameCutter {
  readonly #frameBytes: number;
  #nextFrame: number;
  #pieces: Buffer[] = [];
  #heldBytes = 0;

  constructor({ frameBytes, firstFrame = 0, held }: Options) {
    this.#frameBytes = frameBytes;
    this.#nextFrame = firstFrame;
    if (held !== undefined) this.#hold(held);
  }

  /** Takes content, of any length. @returns The frames that are now known not to be the last one. */
  push(bytes: Buffer): Frame[] {
    const frames: Frame[] = [];
    for (let from = 0; from < bytes.length;) {
      if (this.#heldBytes === this.#frameBytes) frames.push(this.#cut(false));
      const to = Math.min(bytes.length, from + this.#frameBytes - this.#heldBytes);
      this.#hold(bytes.subarray(from, to));
      from = to;
    }
    return frames;
  }

  /** Ends the content. @returns The last frame, which holds nothing when there was no content at all. */
  finish(): Frame {
    return this.#cut(true);
  }

  /** What is held back and in no frame yet: at most one frame's worth, for an upload that goes on later to be kept elsewhere. */
  rest(): Buffer {
    return joinPieces(this.#pieces);
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #cut(isLast: boolean): Frame {
    const frame = { n: this.#nextFrame, pieces: this.#pieces, sizeBytes: this.#heldBytes, isLast };
    this.#nextFrame += 1;
    this.#pieces = [];
    this.#heldBytes = 0;
    return frame;
  }
}

/** Joins pieces to one buffer. A single piece is not copied. */
export function joinPieces(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}
