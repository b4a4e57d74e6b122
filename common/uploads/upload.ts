import type { Long, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { WrappedKey } from "../storage/keyring.js";

/**
 * - `receiving`: bytes are arriving, or have arrived and wait for the rest of their request. May be given up.
 * - `publishing`: decided: it will be a version of a file, whoever finishes it. Never given up.
 * - `aborting`: decided: it will be removed, whoever finishes it.
 */
export type UploadState = "receiving" | "publishing" | "aborting";

/** What happens when the name is taken. */
export type OnConflict = "version" | "rename" | "fail";

/** A document of `uploads`, the ledger of bytes on their way in. It is there before the first byte and goes last. */
export interface UploadDoc {
  _id: Id;
  ownerId: Id;
  folderId: Id;
  name: string;
  onConflict: OnConflict;
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
  /** Until then only the process that began the upload works on it; afterwards the sweep does. */
  leaseUntil: Date;
}

/** An upload that was decided to be published: all of it has arrived. */
export type PublishableUpload = UploadDoc & { sizeBytes: Long; sha256: string };
