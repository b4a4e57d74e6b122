import { Binary, Long, type ObjectId } from "mongodb";
import type { FileEntry } from "../entries/entry.js";
import type { WriteCondition } from "../entries/write-condition.js";
import type { Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { WrappedKey } from "../storage/keyring.js";

/** What a client says about content before it sends it. */
export interface UploadIntent {
  readonly name: string;
  readonly claimedType: string | null;
  /** `undefined` when the client announces no length. */
  readonly expectedBytes: number | undefined;
  /** What happens when the name is taken. */
  readonly onConflict: "version" | "rename" | "fail";
  /** What has to be true of the name, before `onConflict` is considered; `null` for nothing. */
  readonly condition: WriteCondition | null;
  /** The client waits for `100 Continue` (RFC 9110 §10.1.1): refuse what can be refused before the content. Default: `false`. */
  readonly expectsContinue?: boolean;
}

/**
 * A document of `uploads`, the ledger of bytes on their way in. It exists before the first byte is stored and is removed last.
 * The states and who may change them: docs/design/uploads.md.
 */
export interface UploadDoc {
  _id: Id;
  /** Whose namespace it is, and who pays. */
  ownerId: Id;
  /** Who uploads. */
  actorId: Id;
  /** The folder. */
  parentId: Id;
  name: string;
  onConflict: UploadIntent["onConflict"];
  /** Checked again when the upload is published, by whatever process does it. */
  condition: WriteCondition | null;
  claimedType: string | null;
  /** `null` while no length is announced. */
  expectedBytes: Long | null;
  /** Chosen before anything is written, like all ids here, so that every step can be repeated. */
  blobId: ObjectId;
  /** The blob's data key; `null` when content is stored unencrypted. */
  encryption: WrappedKey | null;
  versionId: Id;
  fileId: Id;
  state: "receiving" | "publishing" | "aborting" | "published";
  /** What arrived; `null` until all of it has. */
  sizeBytes: Long | null;
  sha256: string | null;
  createdAt: Date;
  /** Until then the upload belongs to the process that admitted it, or waits for its client to resume it; then to the sweep. */
  leaseUntil: Date;
  /** `null` when the content comes in one request. */
  resumable: ResumableState | null;
}

/**
 * How far a resumable upload has come. Offset, digest and tail change in one update that names the fencing token: so they always
 * fit each other and the stored chunks, whatever process is killed.
 */
export interface ResumableState {
  /** How many bytes are kept: whole frames in `blobs.chunks`, and the tail. */
  offset: Long;
  /** The bytes after the last whole frame; encrypted when the blob is. */
  tail: Binary;
  tailBytes: number;
  /** The unfinished SHA-256 of the first `offset` bytes; encrypted when the blob is. */
  digestState: Binary;
  /** Each request that works on the upload raises it. Writes with a lower token are refused, or replaced. */
  fencingToken: number;
  /** Stored bytes per chunk when the upload began. */
  chunkSizeBytes: number;
  /** `Upload-Metadata` as it was sent (tus 1.0, creation). */
  metadata: string | null;
  /** The SHA-256 that the client claims for the whole content; lower-case hexadecimal. */
  claimedSha256: string | null;
  /** A part of a later upload: never published itself (tus 1.0, concatenation). */
  isPart: boolean;
  /** The parts that an upload is concatenated from; `null` for one whose bytes are sent. */
  partIds: Id[] | null;
}

/** An upload that another request may continue. */
export type ResumableUploadDoc = UploadDoc & { resumable: ResumableState };

/** An upload that is decided to be published: all of it has arrived. */
export type PublishableUpload = UploadDoc & { sizeBytes: Long; sha256: string };

/** An upload as the decision to publish it makes it. */
export function decidedUpload<T extends UploadDoc>(
  upload: T,
  received: WrittenBlob,
  leaseUntil: Date,
): T & PublishableUpload {
  const { sha256 } = received;
  const sizeBytes = Long.fromNumber(received.sizeBytes);
  const whole = { offset: sizeBytes, tail: new Binary(), tailBytes: 0 };
  const resumable = upload.resumable && { ...upload.resumable, ...whole };
  return { ...upload, state: "publishing", sizeBytes, sha256, leaseUntil, resumable };
}

/** A published upload. */
export interface Published {
  readonly file: FileEntry;
  /** Whether the name was free: a new file, not a new version of one. */
  readonly isNewFile: boolean;
  /** Whether its reservation has become usage already. */
  readonly isSettled: boolean;
}
