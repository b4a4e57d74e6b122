import type { ChunkInserter } from "./chunk-inserter.js";
import type { WrittenBlob } from "./blob-writer.js";
import type { FrameCutter } from "./frame-cutter.js";
import type { ResumableDigest } from "./resumable-digest.js";

interface Parts {
  readonly cutter: FrameCutter;
  readonly inserter: ChunkInserter;
  readonly digest: ResumableDigest;
  /** How many bytes are there already. */
  readonly offset: number;
  /** The frame that is written next. */
  readonly firstFrame: number;
}

/** Where a blob that is not whole yet can be gone on with. All chunks before `offset` but the tail's are acknowledged. */
export interface Checkpoint {
  readonly offset: number;
  /** The bytes that no whole frame holds yet; at most one frame. */
  readonly tail: Buffer;
  readonly digestState: Uint8Array;
}

/** Goes on with a blob where another writer stopped, and stops where another can go on. */
export class ResumableWriter {
  readonly #parts: Parts;
  #offset: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#offset = parts.offset;
  }

  /** How many bytes there are, those taken but not acknowledged yet among them. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes bytes; resolves when there is room for more. */
  async append(bytes: Buffer): Promise<void> {
    const { cutter, inserter, digest } = this.#parts;
    digest.update(bytes);
    this.#offset += bytes.length;
    for (const frame of cutter.push(bytes)) await inserter.insert(frame);
  }

  /** Resolves when everything that was taken, but the tail, is acknowledged. */
  async checkpoint(): Promise<Checkpoint> {
    const { cutter, inserter, digest } = this.#parts;
    await inserter.flush();
    return { offset: this.#offset, tail: cutter.rest(), digestState: digest.save() };
  }

  /** Writes the last frame; resolves when every chunk is acknowledged. The blob is not committed by that. */
  async finish(): Promise<WrittenBlob> {
    const { cutter, inserter, digest } = this.#parts;
    await inserter.insert(cutter.finish());
    await inserter.flush();
    return { sizeBytes: this.#offset, sha256: digest.finish() };
  }

  /** Removes what this writer, and no other, has stored. */
  async discard(): Promise<void> {
    await this.#parts.inserter.quiesce();
    await this.#parts.inserter.discard(this.#parts.firstFrame);
  }
}
