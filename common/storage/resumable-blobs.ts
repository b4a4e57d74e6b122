import { blobFile, type BlobCiphers, type BlobStore, type NewBlob } from "./blob-store.js";
import { ChunkInserter, unlessOvertaken, type WrittenBlob } from "./blob-writer.js";
import { type Bucket, CHUNK_SIZE_BYTES } from "./bucket.js";
import { frameBytesOf, FrameCutter } from "./frames.js";
import { ResumableContentDigest } from "./resumable-digest.js";

/** How far a blob has come whose content arrives in several requests: what is kept between them, beside its chunks. */
export interface BlobProgress {
  /** How many bytes are stored: whole frames, and the tail. */
  readonly offset: number;
  /** The bytes after the last whole frame, at most one frame; encrypted when the blob is. */
  readonly tail: Buffer;
  /** The length of the tail before encryption. */
  readonly tailBytes: number;
  /** The unfinished CRC-32 and SHA-256 of the first `offset` bytes; encrypted when the blob is. Empty when the content is complete. */
  readonly digestState: Buffer;
}

/** A blob that is not complete yet. */
export interface UnfinishedBlob extends NewBlob, BlobProgress {
  /** Stored bytes per chunk when the blob began. */
  readonly chunkSizeBytes: number;
  /** Each writer has a higher one than the writers before it, 1 to 2^31 − 1. */
  readonly fencingToken: number;
}

/** A blob before its first byte. */
export async function emptyProgress(): Promise<BlobProgress & { readonly chunkSizeBytes: number }> {
  const digestState = (await ResumableContentDigest.begin()).save();
  return { ...completeProgress(0), digestState, chunkSizeBytes: CHUNK_SIZE_BYTES };
}

/** A blob that is complete: all of it is in frames. */
export function completeProgress(offset: number): BlobProgress {
  return { offset, tail: Buffer.alloc(0), tailBytes: 0, digestState: Buffer.alloc(0) };
}

interface Deps {
  readonly bucket: Bucket;
  readonly blobs: Pick<BlobStore, "ciphersOf" | "read">;
  readonly now: () => Date;
}

/** Blobs that one writer continues after the other. What a writer with a lower fencing token than another's does is refused. */
export class ResumableBlobs {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws EncryptionKeyError, DamagedContentError */
  async resumeWriter(blob: UnfinishedBlob): Promise<ResumableWriter> {
    const { bucket, blobs } = this.#deps;
    const { blobId, offset, tailBytes, fencingToken } = blob;
    const frameBytes = frameBytesIn(blob);
    const firstFrame = (offset - tailBytes) / frameBytes;
    const ciphers = blobs.ciphersOf(blob);
    const tail = ciphers?.held.decrypt(blob.tail, { what: "tail", offset }) ?? blob.tail;
    const state = ciphers?.held.decrypt(blob.digestState, { what: "digest", offset });
    const digest = await ResumableContentDigest.resume(state ?? blob.digestState);
    return new ResumableWriter({
      cutter: new FrameCutter({ frameBytes, firstFrame, held: tail }),
      inserter: new ChunkInserter({
        bucket,
        blobId,
        cipher: ciphers?.frames,
        fencingToken,
      }),
      digest: digest ?? (await this.#digestAnew(blob, { ciphers, firstFrame, tail })),
      held: ciphers?.held,
      offset,
      firstFrame,
    });
  }

  /** Makes the blob exist for readers. Repeating it changes nothing. @throws StaleWriterError */
  async commit(blob: UnfinishedBlob, written: WrittenBlob): Promise<void> {
    const { bucket, now } = this.#deps;
    const { fencingToken } = blob;
    const { _id, metadata, ...document } = blobFile(blob, written, now());
    const { sha256, encryption, versionIds } = metadata;
    const kept = {
      "metadata.sha256": sha256,
      "metadata.encryption": encryption,
      "metadata.fencingToken": fencingToken,
    };
    await unlessOvertaken(
      () =>
        bucket.files.updateOne(
          { _id, "metadata.fencingToken": { $lte: fencingToken } },
          // Copies may hold it by the time a late writer comes.
          {
            $set: { ...document, ...kept },
            $setOnInsert: { "metadata.versionIds": versionIds },
          },
          { upsert: true },
        ),
      async () =>
        ((await bucket.files.findOne({ _id }))?.metadata?.fencingToken ?? 0) > fencingToken,
    );
  }

  /** Reads the stored bytes again. Needed when another release of the service has kept the state of the digest. */
  async #digestAnew(
    blob: UnfinishedBlob,
    {
      ciphers,
      firstFrame,
      tail,
    }: { ciphers: BlobCiphers | undefined; firstFrame: number; tail: Buffer },
  ): Promise<ResumableContentDigest> {
    const { blobId, chunkSizeBytes } = blob;
    const frameBytes = frameBytesIn(blob);
    const sizeBytes = firstFrame * frameBytes;
    const digest = await ResumableContentDigest.begin();
    // No stored frame is the last one: at least one byte comes after them.
    const storedBytes = firstFrame * chunkSizeBytes + 1;
    const cipher = ciphers?.frames;
    const frames = { blobId, sizeBytes, storedBytes, chunkSizeBytes, frameBytes, cipher };
    if (sizeBytes > 0) {
      const window = { first: 0, last: sizeBytes - 1 };
      for await (const piece of this.#deps.blobs.read(frames, window)) digest.update(piece);
    }
    digest.update(tail);
    return digest;
  }
}

interface Parts {
  readonly cutter: FrameCutter;
  readonly inserter: ChunkInserter;
  readonly digest: ResumableContentDigest;
  /** Encrypts what a checkpoint keeps. */
  readonly held: BlobCiphers["held"] | undefined;
  /** How many bytes are stored already. */
  readonly offset: number;
  /** The frame that is written next. */
  readonly firstFrame: number;
}

/** Continues a blob where another writer stopped, and stops where another can continue. */
export class ResumableWriter {
  readonly #parts: Parts;
  #offset: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#offset = parts.offset;
  }

  /** How many bytes there are; the last ones may not be acknowledged yet. */
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

  /** Resolves when all bytes before the tail are acknowledged. @returns Where another writer can continue. */
  async checkpoint(): Promise<BlobProgress> {
    const { cutter, inserter, digest, held } = this.#parts;
    await inserter.flush();
    const offset = this.#offset;
    const tail = cutter.rest();
    const state = digest.save();
    return {
      offset,
      tail: held?.encrypt(tail, { what: "tail", offset }) ?? tail,
      tailBytes: tail.length,
      digestState: held?.encrypt(state, { what: "digest", offset }) ?? state,
    };
  }

  /** Writes the last frame; resolves when every chunk is acknowledged. The blob is not committed by that. */
  async finish(): Promise<WrittenBlob> {
    const { cutter, inserter, digest } = this.#parts;
    await inserter.insert(cutter.finish());
    await inserter.flush();
    return { sizeBytes: this.#offset, ...digest.finish() };
  }

  /** Removes what this writer, and no other, has stored. */
  async discard(): Promise<void> {
    await this.#parts.inserter.quiesce();
    await this.#parts.inserter.discard(this.#parts.firstFrame);
  }
}

function frameBytesIn({ chunkSizeBytes, encryption }: UnfinishedBlob): number {
  return frameBytesOf({ chunkSizeBytes, isEncrypted: encryption !== null });
}
