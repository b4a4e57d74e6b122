import type { FileEntry } from "../../common/entries/entry.js";

/** A file as its owner sees it. Links are relative to the answer's own URL's `/api/v1` or `/api`. */
export function presentFile(file: FileEntry, base: string) {
  const content = `${base}/files/${file._id}`;
  return {
    id: file._id,
    kind: file.kind,
    folderId: file.parentId,
    name: file.name,
    sizeBytes: Number(file.sizeBytes),
    type: file.type,
    claimedType: file.claimedType,
    state: file.state,
    sha256: file.sha256,
    etag: fileETag(file),
    createdAt: file.createdAt.toISOString(),
    updatedAt: file.updatedAt.toISOString(),
    links: { content, metadata: `${content}/metadata` },
  };
}

/** Strong: the content never changes under a version's id (RFC 9110 §8.8.3). */
export function fileETag({ versionId }: Pick<FileEntry, "versionId">): string {
  return `"${versionId}"`;
}
