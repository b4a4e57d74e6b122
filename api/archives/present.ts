import type { Context } from "koa";
import type { ArchiveDoc } from "../../common/archives/archive.js";
import { sizeBytesOf } from "../../common/archives/service.js";
import { apiBase } from "../http/route.js";

/** An archive as its owner sees it. What follows from its members is `null` until it is ready. */
export function presentArchive(archive: ArchiveDoc, base: string) {
  const content = `${base}/archives/${archive._id}`;
  return {
    id: archive._id,
    state: archive.state,
    name: archive.name,
    sizeBytes: sizeBytesOf(archive, "zip"),
    tarSizeBytes: sizeBytesOf(archive, "tar"),
    entryCount: archive.extent?.members ?? null,
    createdAt: archive.createdAt.toISOString(),
    expiresAt: archive.expiresAt.toISOString(),
    links: { content, metadata: `${content}/metadata` },
  };
}

/** Answers with an archive that was just made. */
export function answerArchive(ctx: Context, made: ArchiveDoc): void {
  const archive = presentArchive(made, apiBase(ctx));
  ctx.status = made.state === "preparing" ? 202 : 201;
  ctx.set("Location", archive.links.metadata);
  ctx.body = archive;
}
