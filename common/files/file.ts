import type { Long, ObjectId } from "mongodb";
import type { Id } from "../platform/ids.js";
import type { VersionState } from "../versions/version.js";

/** A document of `files`: a name in a folder, and which version it shows. What a list needs of that version stands here too. */
export interface FileDoc {
  _id: Id;
  ownerId: Id;
  folderId: Id;
  name: string;
  nameKey: string;
  nameSort: string;
  versionId: Id;
  blobId: ObjectId;
  sizeBytes: Long;
  sha256: string;
  claimedType: string | null;
  type: string | null;
  state: Exclude<VersionState, "staged">;
  createdAt: Date;
  updatedAt: Date;
  /** The upload that made the file: the one with which the file itself is counted in the usage. */
  createdByUploadId: Id;
  /** No reader sees a file that is. */
  isTrashed: boolean;
  /** Set while the file's versions are being removed for good. */
  purgingSince: Date | null;
  /** Raised by every change: what a compare-and-set compares. */
  revision: number;
}
