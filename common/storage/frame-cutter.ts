import { joinPieces } from "../platform/join-pieces.js";

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
