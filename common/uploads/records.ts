import { type FileEntry, newFileEntry } from "../entries/entry.js";
import type { EntryName } from "../entries/name.js";
import { shownBy, stagedVersion, type VersionDoc } from "../versions/version.js";
import type { PublishableUpload, Published } from "./upload.js";

/** The version that an upload becomes. */
export function versionOf(upload: PublishableUpload, createdAt: Date): VersionDoc {
  const { ownerId, actorId, fileId, blobId, sizeBytes, sha256, crc32, claimedType } = upload;
  const content = { ownerId, actorId, fileId, blobId, sizeBytes, sha256, crc32, claimedType };
  const inspected = upload.source?.inspected;
  const found = inspected && { inspected };
  const { _id: uploadId, versionId: _id, modifiedAt } = upload;
  const made = modifiedAt && { modifiedAt };
  return stagedVersion({ _id, uploadId, ...content, ...found, createdAt, ...made });
}

/** The file that an upload makes when its name is free. */
export function fileOf(upload: PublishableUpload, version: VersionDoc, name: EntryName): FileEntry {
  const { fileId: _id, _id: createdByUploadId, ownerId, actorId, parentId } = upload;
  const ids = { _id, createdByUploadId, ownerId, actorId, parentId };
  return newFileEntry({ ...ids, ...name, ...upload.source?.metadata }, version);
}

/** What a file shows from now on. */
export const shownNext = (version: VersionDoc, at: Date) => ({
  ...shownBy(version),
  updatedAt: at,
  modifiedAt: version.modifiedAt ?? at,
});

/** A file that shows what an upload has brought. */
export const publishedAs = (file: FileEntry, { _id }: PublishableUpload): Published => ({
  file,
  isNewFile: file.createdByUploadId === _id,
  isSettled: false,
});
