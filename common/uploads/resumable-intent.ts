import { Binary, Long } from "mongodb";
import { CHUNK_SIZE_BYTES } from "../storage/bucket.js";
import { ResumableDigest } from "../storage/resumable-digest.js";
import type { UploadIntent } from "./admission.js";
import type { ResumableState } from "./upload.js";

/** What a client says about an upload that it sends in pieces. */
export interface ResumableIntent extends UploadIntent {
  /** As it was sent, to be given back. */
  readonly metadata: string | null;
  /** What the whole content's SHA-256 has to be; lower-case hexadecimal. */
  readonly claimedSha256: string | null;
  readonly isPart: boolean;
}

/** How an upload begins of which nothing has come yet. */
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
    writer: 0,
    chunkSizeBytes: CHUNK_SIZE_BYTES,
    metadata,
    claimedSha256,
    isPart,
    partIds: null,
    touchedAt,
  };
}
