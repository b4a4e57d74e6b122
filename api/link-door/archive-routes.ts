import type { ArchiveKind } from "../../common/archives/archive.js";
import type { ArchiveContent, Archives } from "../../common/archives/service.js";
import type { Granted } from "../../common/access/grants.js";
import type { Folder } from "../../common/entries/entry.js";
import { LinkViewOnlyError } from "../../common/links/content-errors.js";
import { maySave } from "../../common/links/link.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { archiveContent, archiveIdIn, wantedKind } from "../archives/content.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { sendArchiveHead } from "./archive-head.js";
import type { EnteredLink } from "./entered.js";
import { downloader, enters, type LinkDoor } from "./enters.js";
import { findFolder } from "./find-below.js";
import { linkArchive } from "./schema.js";
import { sendDownload } from "./send-download.js";

export interface ArchiveDeps extends LinkDoor {
  readonly archives: Archives;
}

/** All of a folder of a link as one file. */
export function archiveRoutes(deps: ArchiveDeps): Routes {
  return new Routes().get(
    "/s/:token/archive",
    enters(deps, "files:read", { cost: "search" }),
    expects(linkArchive),
    async (ctx) => {
      const { entered, request } = ctx.state;
      const folder = await findFolder(deps.access, entered, request.query.path ?? "");
      if (!maySave(entered.link)) throw new LinkViewOnlyError();
      const kind = wantedKind(ctx);
      // An archive is made for who downloads it.
      if (ctx.method === "HEAD") sendArchiveHead(ctx, kind, folder.entry);
      else await sendArchive(ctx, deps, { entered, folder, kind });
    },
  );
}

interface Asked {
  readonly entered: EnteredLink;
  readonly folder: Granted<Folder, "read">;
  readonly kind: ArchiveKind;
}

/** @throws TooManyArchivesError, ArchiveTooLargeError, and what `sendDownload` throws. */
async function sendArchive(ctx: Context, deps: ArchiveDeps, asked: Asked): Promise<void> {
  const { access, archives } = deps;
  const { entered, folder, kind } = asked;
  const content = (await findBegun(ctx, deps, asked)) ?? (await makeNew(ctx, archives, asked));
  const { _id } = content.archive;
  const entryId = folder.entry._id;
  await sendDownload(ctx, deps, {
    entered,
    download: {
      content: archiveContent(content, kind),
      entryId,
      isSaved: true,
      completed: () => archives.remove(entered.actor, _id),
      requireThere: (actor) => access.folder(actor, entryId, "read"),
    },
  });
}

/** The archive whose download a client resumes. Two archives of one folder have different bytes, so a range must be of the same archive. */
async function findBegun(
  ctx: Context,
  { archives, linkDownloads }: ArchiveDeps,
  { entered, folder, kind }: Asked,
): Promise<ArchiveContent | undefined> {
  if (ctx.get("Range") === "") return undefined;
  const running = await linkDownloads.listRunning(entered.link, downloader(ctx));
  const ofFolder = running.filter(({ entryId }) => entryId === folder.entry._id);
  for (const { etag } of ofFolder) {
    const id = archiveIdIn(etag, kind);
    if (id === undefined) continue;
    try {
      return await archives.open(entered.actor, id, kind);
    } catch (error) {
      // It has expired, or all of it was sent.
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return undefined;
}

async function makeNew(
  ctx: Context,
  archives: Archives,
  { entered: { actor }, folder, kind }: Asked,
): Promise<ArchiveContent> {
  // It would be one of other bytes.
  delete ctx.req.headers.range;
  const { _id } = await archives.createForLink(actor, folder);
  return archives.open(actor, _id, kind);
}
