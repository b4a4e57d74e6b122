import type { UnfinishedBlob } from "../../storage/resumable-blobs.js";
import type { ResumableUploadDoc } from "../upload.js";

/** For content that is complete: all of it is in frames, and its digest is finished. */
export const NOTHING_HELD = { tail: Buffer.alloc(0), digestState: new Uint8Array() };

/** The blob of an upload, as the ledger has it. */
export function unfinishedBlob({
  blobId,
  encryption,
  resumable,
}: ResumableUploadDoc): UnfinishedBlob {
  return {
    blobId,
    encryption,
    offset: Number(resumable.offset),
    tail: Buffer.from(resumable.tail.buffer),
    tailBytes: resumable.tailBytes,
    chunkSizeBytes: resumable.chunkSizeBytes,
    digestState: Buffer.from(resumable.digestState.buffer),
    writer: resumable.fencingToken,
  };
}
