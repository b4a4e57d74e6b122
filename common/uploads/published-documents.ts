import type { FileEntry } from "../entries/entry.js";
import type { EntryName } from "../entries/name.js";
import type { VersionDoc } from "../versions/version.js";
import type { PublishableUpload } from "./upload.js";

/** The version that an upload becomes, before its file shows it. */
export function stagedVersion(upload: PublishableUpload, createdAt: Date): VersionDoc {
  const { ownerId, actorId, fileId, blobId, sizeBytes, sha256, claimedType } = upload;
  return {
    _id: upload.versionId,
    ownerId,
    actorId,
    fileId,
    uploadId: upload._id,
    blobId,
    sizeBytes,
    sha256,
    claimedType,
    type: null,
    state: "staged",
    createdAt,
    inspection: { generation: 0, attempts: 0, leaseUntil: null, failure: null },
  };
}

/** What a file shows of a version that was not inspected yet. */
export function shownBy({ _id, blobId, sizeBytes, sha256, claimedType }: VersionDoc) {
  return {
    versionId: _id,
    blobId,
    sizeBytes,
    sha256,
    claimedType,
    type: null,
    state: "processing" as const,
  };
}

/** The file that an upload makes where its name is free. */
export function newFile(upload: PublishableUpload, name: EntryName, at: Date): FileEntry {
  const { ownerId, actorId, parentId, versionId, blobId, sizeBytes, sha256, claimedType } = upload;
  return {
    _id: upload.fileId,
    ownerId,
    actorId,
    parentId,
    kind: "file",
    ...name,
    versionId,
    blobId,
    sizeBytes,
    sha256,
    claimedType,
    type: null,
    state: "processing",
    createdAt: at,
    updatedAt: at,
    createdByUploadId: upload._id,
    isTrashed: false,
    purgingSince: null,
    revision: 0,
  };
}
