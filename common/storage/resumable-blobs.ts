import { blobFile, type BlobCiphers, type BlobStore, type NewBlob } from "./blob-store.js";
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
  /** What {@link ResumableBlobs.hold} gave, as is the digest's state. */
  readonly tail: Buffer;
  readonly tailBytes: number;
  readonly digestState: Buffer;
  readonly chunkSizeBytes: number;
  /** The fencing token of whoever goes on with it. */
  readonly writer: number;
}

/** Blobs that are written by one writer after the other. What a writer does that has a successor is refused. */
export interface ResumableBlobs {
  /** @throws EncryptionKeyError, DamagedContentError */
  resumeWriter(blob: UnfinishedBlob): Promise<ResumableWriter>;
  /** How what is in no frame yet is to be kept: sealed where the blob is. @throws EncryptionKeyError */
  hold(blob: NewBlob, checkpoint: Checkpoint): HeldState;
  /** Makes the blob exist for readers. Repeating it changes nothing. @throws StaleWriterError */
  commit(blob: UnfinishedBlob, written: WrittenBlob): Promise<void>;
}

/** What is kept of an unfinished blob beside its chunks. */
export interface HeldState extends Checkpoint {
  readonly tailBytes: number;
}

interface Deps {
  readonly bucket: Bucket;
  readonly blobs: Pick<BlobStore, "ciphersOf" | "read">;
  readonly now: () => Date;
}

/** The whole frames of an unfinished blob. */
interface Stored {
  readonly blobs: Pick<BlobStore, "read">;
  readonly ciphers: BlobCiphers | undefined;
  /** The first that is not there. */
  readonly firstFrame: number;
}

export function createResumableBlobs({ bucket, blobs, now }: Deps): ResumableBlobs {
  return {
    async resumeWriter(blob) {
      const { blobId, offset, tail, tailBytes, digestState, writer } = blob;
      const frameBytes = frameBytesIn(blob);
      const firstFrame = (offset - tailBytes) / frameBytes;
      const ciphers = blobs.ciphersOf(blob);
      const held = ciphers?.held.open(tail, { what: "tail", offset }) ?? tail;
      const state = ciphers?.held.open(digestState, { what: "digest", offset }) ?? digestState;
      const digest = await ResumableDigest.resume(state);
      return new ResumableWriter({
        cutter: new FrameCutter({ frameBytes, firstFrame, held }),
        inserter: new ChunkInserter({ bucket, blobId, cipher: ciphers?.frames, writer }),
        digest: digest ?? (await digestAnew({ blobs, ciphers, firstFrame }, blob, held)),
        offset,
        firstFrame,
      });
    },
    hold(blob, { offset, tail, digestState }) {
      const held = blobs.ciphersOf(blob)?.held;
      return {
        offset,
        tail: held?.seal(tail, { what: "tail", offset }) ?? tail,
        tailBytes: tail.length,
        digestState: held?.seal(digestState, { what: "digest", offset }) ?? digestState,
      };
    },
    commit: (blob, written) => commit({ bucket, now }, blob, written),
  };
}

/** Reads again what is there, where the state of its digest is of no use: it was kept by another release. */
async function digestAnew(
  { blobs, ciphers, firstFrame }: Stored,
  blob: UnfinishedBlob,
  tail: Buffer,
): Promise<ResumableDigest> {
  const { blobId, chunkSizeBytes } = blob;
  const frameBytes = frameBytesIn(blob);
  const sizeBytes = firstFrame * frameBytes;
  const digest = await ResumableDigest.begin();
  // No frame that is there is the last one: what is behind them has at least a byte.
  const storedBytes = firstFrame * chunkSizeBytes + 1;
  const cipher = ciphers?.frames;
  const frames = { blobId, sizeBytes, storedBytes, chunkSizeBytes, frameBytes, cipher };
  if (sizeBytes > 0) {
    const window = { first: 0, last: sizeBytes - 1 };
    for await (const piece of blobs.read(frames, window)) digest.update(piece);
  }
  digest.update(tail);
  return digest;
}

async function commit(
  { bucket, now }: Pick<Deps, "bucket" | "now">,
  blob: UnfinishedBlob,
  written: WrittenBlob,
): Promise<void> {
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
}

function frameBytesIn({ chunkSizeBytes, encryption }: UnfinishedBlob): number {
  return frameBytesOf({ chunkSizeBytes, isEncrypted: encryption !== null });
}
