import { createHash } from "node:crypto";
import type { ObjectId } from "mongodb";
import { type Bucket, CHUNK_SIZE_BYTES } from "./bucket.js";
import { ChunkInserter } from "./chunk-inserter.js";
import type { FrameCipher } from "./frame-cipher.js";
import { FrameCutter } from "./frame-cutter.js";
import { frameBytesOf } from "./frame-layout.js";

/** What arrived: the length of the content and its lower-case hexadecimal SHA-256. */
export interface WrittenBlob {
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Options {
  readonly bucket: Pick<Bucket, "chunks" | "insertChunks">;
  readonly blobId: ObjectId;
  /** `undefined` for a blob that is stored as it came. */
  readonly cipher: FrameCipher | undefined;
}

/** Takes the bytes of one blob, in order, and stores them; takes their size and digest on the way. One writer per blob id, ever. */
export class BlobWriter {
  readonly #hash = createHash("sha256");
  readonly #cutter: FrameCutter;
  readonly #inserter: ChunkInserter;
  #sizeBytes = 0;

  constructor({ bucket, blobId, cipher }: Options) {
    const layout = { chunkSizeBytes: CHUNK_SIZE_BYTES, isEncrypted: cipher !== undefined };
    this.#cutter = new FrameCutter({ frameBytes: frameBytesOf(layout) });
    this.#inserter = new ChunkInserter({ bucket, blobId, cipher, writer: 0 });
  }

  /** Takes bytes; resolves when there is room for more, so that whoever sends is slowed down to the store's pace. */
  async append(bytes: Buffer): Promise<void> {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    for (const frame of this.#cutter.push(bytes)) await this.#inserter.insert(frame);
  }

  /** Writes what is left; resolves when every chunk is acknowledged. The blob is not committed by that. */
  async finish(): Promise<WrittenBlob> {
    await this.#inserter.insert(this.#cutter.finish());
    await this.#inserter.flush();
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest("hex") };
  }

  /** Waits until no insert is under way any more, whether or not it succeeded: only then may chunks be removed for good. */
  quiesce(): Promise<void> {
    return this.#inserter.quiesce();
  }
}
