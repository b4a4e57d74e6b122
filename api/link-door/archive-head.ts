import type { Context } from "koa";
import type { ArchiveKind } from "../../common/archives/archive.js";
import type { Folder } from "../../common/entries/entry.js";
import { ARCHIVE_TYPES } from "../archives/content.js";
import { contentDisposition } from "../http/content-disposition.js";
import { CONTENT_HEADERS } from "../http/media-type.js";

/** Answers HEAD for an archive that is not made yet: its length is not known. */
export function sendArchiveHead(ctx: Context, kind: ArchiveKind, folder: Folder): void {
  const name = folder.parentId === null ? "files" : folder.name;
  ctx.set({
    ...CONTENT_HEADERS,
    "Accept-Ranges": "bytes",
    "Content-Disposition": contentDisposition("attachment", `${name}.${kind}`),
  });
  ctx.status = 200;
  ctx.set("Content-Type", ARCHIVE_TYPES[kind]);
}
