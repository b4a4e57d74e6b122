import { blobFile, type BlobStore, type NewBlob } from "./blob-store.js";
import type { WrittenBlob } from "./blob-writer.js";
import type { Bucket } from "./bucket.js";
import { ChunkInserter } from "./chunk-inserter.js";
import { FrameCutter } from "./frame-cutter.js";
import { frameBytesOf } from "./frame-layout.js";
import { ResumableDigest } from "./resumable-digest.js";
import { type Checkpoint, ResumableWriter } from "./resumable-writer.js";
import { unlessOvertaken } from "./stale-writer.js";

/** A blob that is not whole yet, as whoever keeps its state describes it. */
export interface UnfinishedBlob extends NewBlob {
  /** How many bytes are there: whole frames, and the tail. */
  readonly offset: number;
  /** What {@link ResumableBlobs.sealTail} gave. */
  readonly tail: Buffer;
  readonly tailBytes: number;
  readonly chunkSizeBytes: number;
  readonly digestState: Uint8Array;
  /** The fencing token of whoever goes on with it. */
  readonly writer: number;
}

/** Blobs that are written by one writer after the other. What a writer does that has a successor is refused. */
export interface ResumableBlobs {
  /** @throws EncryptionKeyError, DamagedContentError */
  resumeWriter(blob: UnfinishedBlob): Promise<ResumableWriter>;
  /** How the bytes that fill no frame yet are to be kept until they do. @throws EncryptionKeyError */
  sealTail(blob: UnfinishedBlob, at: Pick<Checkpoint, "offset" | "tail">): Buffer;
  /** Makes the blob exist for readers. Repeating it changes nothing. @throws StaleWriterError */
  commit(blob: UnfinishedBlob, written: WrittenBlob): Promise<void>;
}

interface Deps {
  readonly bucket: Bucket;
  readonly blobs: Pick<BlobStore, "ciphersOf">;
  readonly now: () => Date;
}

export function createResumableBlobs({ bucket, blobs, now }: Deps): ResumableBlobs {
  return {
    async resumeWriter(blob) {
      const { blobId, offset, tail, tailBytes, digestState, writer } = blob;
      const frameBytes = frameBytesIn(blob);
      const firstFrame = (offset - tailBytes) / frameBytes;
      const ciphers = blobs.ciphersOf(blob);
      const isSealed = ciphers !== undefined && tail.length > 0;
      const held = isSealed ? ciphers.tail.open(tail, firstFrame) : tail;
      return new ResumableWriter({
        cutter: new FrameCutter({ frameBytes, firstFrame, held }),
        inserter: new ChunkInserter({ bucket, blobId, cipher: ciphers?.frames, writer }),
        digest: await ResumableDigest.resume(digestState),
        offset,
        firstFrame,
      });
    },
    sealTail(blob, { offset, tail }) {
      const ciphers = blobs.ciphersOf(blob);
      if (ciphers === undefined || tail.length === 0) return tail;
      return ciphers.tail.seal(tail, (offset - tail.length) / frameBytesIn(blob));
    },
    async commit(blob, written) {
      const { writer } = blob;
      const { _id, metadata, ...document } = blobFile(blob, written, now());
      await unlessOvertaken(
        () =>
          bucket.files.updateOne(
            { _id, "metadata.writer": { $lte: writer } },
            { $set: { ...document, metadata: { ...metadata, writer } } },
            { upsert: true },
          ),
        async () => ((await bucket.files.findOne({ _id }))?.metadata?.writer ?? 0) > writer,
      );
    },
  };
}

function frameBytesIn({ chunkSizeBytes, encryption }: UnfinishedBlob): number {
  return frameBytesOf({ chunkSizeBytes, isEncrypted: encryption !== null });
}
