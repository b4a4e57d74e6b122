import { Long, type ObjectId } from "mongodb";
import { isDuplicateKey } from "../platform/mongo.js";
import type { WrittenBlob } from "./blob-writer.js";
import { type Bucket, CHUNK_SIZE_BYTES } from "./bucket.js";
import { ChunkInserter, StaleWriterError } from "./chunk-inserter.js";
import { FrameCutter } from "./frame-cutter.js";
import { ResumableDigest } from "./resumable-digest.js";
import { ResumableWriter } from "./resumable-writer.js";

/** A blob that is not whole yet, as whoever keeps its state describes it. */
export interface UnfinishedBlob {
  readonly blobId: ObjectId;
  /** How many bytes are there: whole frames, and the tail. */
  readonly offset: number;
  /** What {@link ResumableBlobs.sealTail} gave. */
  readonly tail: Buffer;
  readonly tailBytes: number;
  readonly frameBytes: number;
  readonly digestState: Uint8Array;
  /** The fencing token of whoever goes on with it. */
  readonly writer: number;
}

/** Blobs that are written by one writer after the other. What a writer does that has a successor is refused. */
export interface ResumableBlobs {
  resumeWriter(blob: UnfinishedBlob): Promise<ResumableWriter>;
  /** How bytes that fill no frame yet are to be kept until they do. */
  sealTail(tail: Buffer): Buffer;
  /** Makes the blob exist for readers. Repeating it changes nothing. @throws {@link StaleWriterError} */
  commit(blob: Pick<UnfinishedBlob, "blobId" | "writer">, written: WrittenBlob): Promise<void>;
}

export function createResumableBlobs(bucket: Bucket, now: () => Date): ResumableBlobs {
  return {
    async resumeWriter({ blobId, offset, tail, tailBytes, frameBytes, digestState, writer }) {
      const firstFrame = (offset - tailBytes) / frameBytes;
      return new ResumableWriter({
        cutter: new FrameCutter({ frameBytes, firstFrame, held: tail }),
        inserter: new ChunkInserter({ bucket, blobId, cipher: undefined, writer }),
        digest: await ResumableDigest.resume(digestState),
        offset,
        firstFrame,
      });
    },
    sealTail: (tail) => tail,
    async commit({ blobId, writer }, { sizeBytes, sha256 }) {
      try {
        await bucket.files.updateOne(
          { _id: blobId, "metadata.writer": { $lte: writer } },
          {
            $set: {
              length: Long.fromNumber(sizeBytes),
              chunkSize: CHUNK_SIZE_BYTES,
              uploadDate: now(),
              filename: blobId.toHexString(),
              metadata: { sha256, writer },
            },
          },
          { upsert: true },
        );
      } catch (error) {
        throw isDuplicateKey(error) ? new StaleWriterError() : error;
      }
    },
  };
}
