import { Binary, Long, type ObjectId } from "mongodb";
import type { LinkUploading } from "../access/link-uploading.js";
import type { FileEntry } from "../entries/entry.js";
import type { CopiedMetadata } from "../entries/metadata.js";
import type { WriteCondition } from "../entries/write-condition.js";
import type { Id } from "../platform/ids.js";
import type { WrittenBlob } from "../storage/blob-writer.js";
import type { WrappedKey } from "../storage/keyring.js";
import type { Inspected } from "../versions/version.js";

/** Content of at most so many bytes is buffered in memory, and stored when it is published. */
export const MOST_BUFFERED_BYTES = 16 * 1024;

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
  /** When the content was made, as the client says. Default: when it is stored. */
  readonly modifiedAt?: Date | undefined;
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
  /** The root of the namespace: publishing asks whether the folder can still be reached. */
  rootFolderId: Id;
  name: string;
  onConflict: UploadIntent["onConflict"] | LinkUploading["onConflict"];
  /** What it is held to, where it comes by a link. */
  byLink?: LinkUploading;
  /** Checked again when the upload is published, by whatever process does it. */
  condition: WriteCondition | null;
  claimedType: string | null;
  /** When the content was made, as the client says; missing where it does not. */
  modifiedAt?: Date;
  /** `null` while no length is announced. */
  expectedBytes: Long | null;
  /** Chosen before anything is written, like all ids here, so that every step can be repeated. */
  blobId: ObjectId;
  /** What is copied, when no bytes arrive: the blob is that of the source. */
  source?: CopySource;
  /** The blob's data key; `null` when content is stored unencrypted, and for a copy. */
  encryption: WrappedKey | null;
  versionId: Id;
  fileId: Id;
  /** The owner does not keep all earlier versions. Missing: it does, or did when the upload was admitted. */
  isExpiring?: true;
  /** `true`: it is the next version of the file `fileId`, whatever that one's name is by then. Missing: it goes to who has its name. */
  isNextVersion?: true;
  state: "receiving" | "publishing" | "aborting" | "published";
  /** What arrived; `null` until all of it has. */
  sizeBytes: Long | null;
  sha256: string | null;
  crc32: number | null;
  createdAt: Date;
  /** Until then the upload belongs to the process that admitted it, or waits for its client to resume it; then to the sweep. */
  leaseUntil: Date;
  /** `null` when the content comes in one request. */
  resumable: ResumableState | null;
}

/** What an upload by reference copies. */
export interface CopySource {
  /** A version that holds the blob. */
  readonly versionId: Id;
  readonly blobId: ObjectId;
  /** What is known of that version. Missing: the copy goes through the pipeline itself. */
  readonly inspected?: Inspected;
  /** The file that is to show the copy, whatever its name. Missing: the file of the name, or a new one. */
  readonly fileId?: Id;
  /** What a new file takes over beside its content. */
  readonly metadata?: CopiedMetadata;
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
  /** The unfinished CRC-32 and SHA-256 of the first `offset` bytes; encrypted when the blob is. */
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
  /** `Upload-Concat` as it was sent (tus 1.0, concatenation); `null` for an upload without it. */
  concat: string | null;
  /** The parts that an upload is concatenated from; `null` for one whose bytes are sent. */
  partIds: Id[] | null;
}

/** Whether an upload is the next version of one file, whatever its name. */
export const isOfOneFile = ({
  isNextVersion,
  source,
}: Pick<UploadDoc, "isNextVersion" | "source">) =>
  isNextVersion === true || source?.fileId !== undefined;

/** An upload that another request may continue. */
export type ResumableUploadDoc = UploadDoc & { resumable: ResumableState };

/** An upload that is decided to be published: all of it has arrived. */
export type PublishableUpload = UploadDoc & { sizeBytes: Long; sha256: string; crc32: number };

/** An upload as the decision to publish it makes it. */
export function decidedUpload<T extends UploadDoc>(
  upload: T,
  received: WrittenBlob,
  leaseUntil: Date,
): T & PublishableUpload {
  const { sha256, crc32 } = received;
  const sizeBytes = Long.fromNumber(received.sizeBytes);
  const whole = { offset: sizeBytes, tail: new Binary(), tailBytes: 0 };
  const resumable = upload.resumable && { ...upload.resumable, ...whole };
  return { ...upload, state: "publishing", sizeBytes, sha256, crc32, leaseUntil, resumable };
}

/** A published upload. */
export interface Published {
  readonly file: FileEntry;
  /** Whether the name was free: a new file, not a new version of one. */
  readonly isNewFile: boolean;
  /** Whether its reservation has become usage already. */
  readonly isSettled: boolean;
}

export const isPublishable = (upload: UploadDoc): upload is PublishableUpload =>
  upload.state === "publishing";
