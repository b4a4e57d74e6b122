import { Binary, Long } from "mongodb";
import { CHUNK_SIZE_BYTES } from "../../storage/bucket.js";
import { ResumableDigest } from "../../storage/resumable-digest.js";
import type { ResumableState, UploadIntent } from "../upload.js";

/** What a client says about an upload that it sends in pieces. */
export interface ResumableIntent extends UploadIntent {
  /** `Upload-Metadata` as it was sent, to be given back. */
  readonly metadata: string | null;
  /** The SHA-256 that the client claims for the whole content; lower-case hexadecimal. */
  readonly claimedSha256: string | null;
  readonly isPart: boolean;
}

/** The state of a resumable upload before its first byte. */
export async function newResumableState(
  { metadata, claimedSha256, isPart }: ResumableIntent,
  touchedAt: Date,
): Promise<ResumableState> {
  const digest = await ResumableDigest.begin();
  return {
    offset: Long.ZERO,
    tail: new Binary(),
    tailBytes: 0,
    digestState: new Binary(digest.save()),
    fencingToken: 0,
    chunkSizeBytes: CHUNK_SIZE_BYTES,
    metadata,
    claimedSha256,
    isPart,
    partIds: null,
    touchedAt,
  };
}
