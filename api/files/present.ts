import type { Actor } from "../../common/access/actor.js";
import type { FileEntry } from "../../common/entries/entry.js";
import type { FileContent } from "../../common/files/service.js";
import { typeMismatch } from "../../common/inspection/type-mismatch.js";
import type { VersionDoc } from "../../common/versions/version.js";
import type { Content } from "../http/send-content.js";
import { presentMetadata } from "./metadata.js";

/**
 * A file as its owner sees it. Links are relative to the answer's own URL's `/api/v1` or `/api`.
 *
 * @param path - Where the reader sees the file; `null` where it cannot be reached any more.
 */
export function presentFile(file: FileEntry, base: string, path: string | null) {
  const content = `${base}/files/${file._id}`;
  return {
    id: file._id,
    kind: file.kind,
    folderId: file.parentId,
    path,
    name: file.name,
    sizeBytes: Number(file.sizeBytes),
    type: file.type,
    claimedType: file.claimedType,
    typeMismatch: typeMismatch(file),
    isActiveContent: file.isActiveContent ?? null,
    state: file.state,
    sha256: file.sha256,
    etag: fileETag(file),
    versionId: file.versionId,
    ...presentMetadata(file),
    createdAt: file.createdAt.toISOString(),
    updatedAt: file.updatedAt.toISOString(),
    modifiedAt: file.modifiedAt.toISOString(),
    links: {
      content,
      metadata: `${content}/metadata`,
      preview: hasShownPreview(file) ? `${content}/preview` : null,
    },
  };
}

/** Whether a file has previews that are shown: they are kept while its content is withheld. */
export const hasShownPreview = ({ hasPreview = false, state }: FileEntry): boolean =>
  hasPreview && (state === "ready" || state === "processing");

/** A file as its uploader sees it. An uploader with a link does not see the tags, the description and the properties that the owner gave it. */
export function shownTo({ kind }: Pick<Actor, "kind">, file: FileEntry): FileEntry {
  if (kind === "account") return file;
  const shown = { ...file };
  for (const field of ["tags", "description", "isFavourite", "properties"] as const) {
    Reflect.deleteProperty(shown, field);
  }
  return shown;
}

/** Strong: the content never changes under a version's id (RFC 9110 §8.8.3). */
export function fileETag({ versionId }: Pick<FileEntry, "versionId">): string {
  return `"${versionId}"`;
}

/** What is sent for a file. */
export function contentOf(content: FileContent): Content {
  const { file, sizeBytes } = content;
  const { name, type, encoding, sha256, updatedAt: lastModified } = file;
  const etag = fileETag(file);
  const open: Content["open"] = (window) => content.read(window);
  return { name, type, encoding, sizeBytes, sha256, etag, lastModified, open };
}

/** A version of a file. */
export function presentVersion(version: VersionDoc, file: FileEntry, base: string) {
  const content = `${base}/files/${file._id}/versions/${version._id}`;
  return {
    id: version._id,
    fileId: file._id,
    sizeBytes: Number(version.sizeBytes),
    type: version.type,
    claimedType: version.claimedType,
    typeMismatch: typeMismatch({ ...version, name: file.name }),
    isActiveContent: version.isActiveContent ?? null,
    state: version.state,
    sha256: version.sha256,
    etag: fileETag({ versionId: version._id }),
    label: version.label,
    isCurrent: version._id === file.versionId,
    actorId: version.actorId,
    createdAt: version.createdAt.toISOString(),
    links: { content },
  };
}
