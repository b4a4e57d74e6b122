import type { Context } from "koa";
import type { ArchiveKind } from "../../common/archives/archive.js";
import type { ArchiveContent } from "../../common/archives/service.js";
import type { Content } from "../http/send-content.js";

/** The media types of archives. */
export const ARCHIVE_TYPES = { zip: "application/zip", tar: "application/x-tar" } as const;

/** The form that `Accept` prefers. ZIP also for who accepts neither: RFC 9110 §12.5.1 allows it. */
export function wantedKind(ctx: Context): ArchiveKind {
  ctx.vary("Accept");
  const type = ctx.accepts(ARCHIVE_TYPES.zip, ARCHIVE_TYPES.tar);
  return type === ARCHIVE_TYPES.tar ? "tar" : "zip";
}

/** What is sent for an archive in one form. */
export function archiveContent(content: ArchiveContent, kind: ArchiveKind): Content {
  const { archive, sizeBytes } = content;
  return {
    name: `${archive.name}.${kind}`,
    type: ARCHIVE_TYPES[kind],
    sizeBytes,
    sha256: null,
    etag: archiveETag(archive._id, kind),
    lastModified: archive.createdAt,
    open: (window) => content.read(window),
  };
}

/** Strong: the bytes of an archive never change in one form. */
const archiveETag = (archiveId: string, kind: ArchiveKind) => `"${archiveId}-${kind}"`;

/** The archive of an entity tag; `undefined` for one of another form, or of something else. */
export function archiveIdIn(etag: string | null, kind: ArchiveKind): string | undefined {
  const [, id, found] = /^"([\w-]{22})-(zip|tar)"$/.exec(etag ?? "") ?? [];
  return found === kind ? id : undefined;
}
