import { Binary, Long } from "mongodb";
import {
  type BlobProgress,
  emptyProgress,
  type UnfinishedBlob,
} from "../../storage/resumable-blobs.js";
import type { ResumableState, ResumableUploadDoc, UploadIntent } from "../upload.js";

/** What a client says about an upload that it sends in several requests. */
export interface ResumableIntent extends UploadIntent {
  /** `Upload-Metadata` as it was sent, to be given back. */
  readonly metadata: string | null;
  /** The SHA-256 that the client claims for the whole content; lower-case hexadecimal. */
  readonly claimedSha256: string | null;
  readonly isPart: boolean;
  /** `Upload-Concat` as it was sent, to be given back. */
  readonly concat: string | null;
}

/** The state of a resumable upload before its first byte, in the hands of the request that creates it. */
export async function newState(intent: ResumableIntent): Promise<ResumableState> {
  const { metadata, claimedSha256, isPart, concat } = intent;
  const { chunkSizeBytes, ...progress } = await emptyProgress();
  const claims = { metadata, claimedSha256, isPart, concat, partIds: null };
  return { ...storedProgress(progress), chunkSizeBytes, fencingToken: 1, ...claims };
}

/** How the ledger stores the progress of a blob. */
export function storedProgress({ offset, tail, tailBytes, digestState }: BlobProgress) {
  return {
    offset: Long.fromNumber(offset),
    tail: new Binary(tail),
    tailBytes,
    digestState: new Binary(digestState),
  };
}

/** The blob of an upload, from the ledger. */
export function unfinishedBlob({
  blobId,
  encryption,
  versionId,
  resumable,
}: ResumableUploadDoc): UnfinishedBlob {
  const { offset, tail, tailBytes, digestState, chunkSizeBytes, fencingToken } = resumable;
  return {
    blobId,
    encryption,
    versionId,
    offset: Number(offset),
    tail: Buffer.from(tail.buffer),
    tailBytes,
    digestState: Buffer.from(digestState.buffer),
    chunkSizeBytes,
    fencingToken,
  };
}
