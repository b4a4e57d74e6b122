import { type Binary, Long, type ObjectId } from "mongodb";
import type { WriteCondition } from "../entries/write-condition.js";
import type { Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { WrappedKey } from "../storage/keyring.js";

/**
 * - `receiving`: bytes are arriving, or have arrived and wait for the rest of their request. May be given up.
 * - `publishing`: decided: it will be a version of a file, whoever finishes it. Never given up.
 * - `aborting`: decided: it will be removed, whoever finishes it.
 * - `published`: over; kept for a while, for a client of a resumable upload that missed the answer. Nothing is to be done.
 */
export type UploadState = "receiving" | "publishing" | "aborting" | "published";

/** What happens when the name is taken. */
export type OnConflict = "version" | "rename" | "fail";

/** A document of `uploads`, the ledger of bytes on their way in. It is there before the first byte and goes last. */
export interface UploadDoc {
  _id: Id;
  ownerId: Id;
  folderId: Id;
  name: string;
  onConflict: OnConflict;
  /** What has to be true of the name when the upload is published, whoever publishes it; `null` for nothing. */
  condition: WriteCondition | null;
  claimedType: string | null;
  /** `null` where no length was announced. */
  expectedBytes: Long | null;
  /** Chosen before anything is written, so that every step can be repeated. */
  blobId: ObjectId;
  /** The blob's data key, made with the entry; `null` where content is stored as it comes. */
  encryption: WrappedKey | null;
  versionId: Id;
  fileId: Id;
  state: UploadState;
  /** What arrived; `null` before all of it has. */
  sizeBytes: Long | null;
  sha256: string | null;
  createdAt: Date;
  /** Until then only the process that began the upload works on it, or its client may resume it; afterwards the sweep does. */
  leaseUntil: Date;
  /** `null` where everything has to come in one request. */
  resumable: ResumableState | null;
}

/**
 * How far a resumable upload has come. Offset, digest and tail change together, in one update that names the writer: so
 * whatever is killed, they fit each other and the chunks that are stored.
 */
export interface ResumableState {
  /** How many bytes are kept: whole frames in `blobs.chunks`, and the tail. */
  offset: Long;
  /** The bytes behind the last whole frame, sealed where blobs are encrypted. */
  tail: Binary;
  tailBytes: number;
  /** SHA-256 over `offset` bytes, in the middle of its work. */
  digestState: Binary;
  /** Raised by whoever begins to work on the upload. What an earlier one still writes is refused, or replaced. */
  writer: number;
  /** Stored bytes per chunk when the upload began. */
  chunkSizeBytes: number;
  /** `Upload-Metadata` as it was sent (tus 1.0, creation). */
  metadata: string | null;
  /** What the client says that the whole content's SHA-256 is; lower-case hexadecimal. */
  claimedSha256: string | null;
  /** A part of a later upload: never published itself (tus 1.0, concatenation). */
  isPart: boolean;
  /** What an upload was put together from; `null` where its bytes were sent. */
  partIds: Id[] | null;
  /** When something last arrived. */
  touchedAt: Date;
}

/** An upload that may be continued by another request. */
export type ResumableUploadDoc = UploadDoc & { resumable: ResumableState };

/** An upload that was decided to be published: all of it has arrived. */
export type PublishableUpload = UploadDoc & { sizeBytes: Long; sha256: string };

/** An upload as it is when it is decided to publish it. */
export function decidedUpload<T extends UploadDoc>(
  upload: T,
  { sizeBytes, sha256 }: WrittenBlob,
  leaseUntil: Date,
): T & PublishableUpload {
  const decided = { sizeBytes: Long.fromNumber(sizeBytes), sha256, leaseUntil };
  return { ...upload, ...decided, state: "publishing" };
}

/** Whether an upload is decided to be published, and not yet known to be. */
export function isPublishable(upload: UploadDoc): upload is PublishableUpload {
  return upload.state === "publishing";
}
