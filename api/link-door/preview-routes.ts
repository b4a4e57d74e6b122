import { type Granted, isOfFile } from "../../common/access/grants.js";
import type { FileEntry } from "../../common/entries/entry.js";
import type { FileVersions } from "../../common/files/versions.js";
import { noLink } from "../../common/links/entrance.js";
import { NotFoundError } from "../../common/platform/errors.js";
import type { Previews } from "../../common/previews/service.js";
import type { PreviewFormat, PreviewSize } from "../../common/storage/preview.js";
import { ContentNotReadyError } from "../../common/storage/errors.js";
import { hasShownPreview } from "../files/present.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { sendPreview } from "../http/preview.js";
import { Routes } from "../http/route.js";
import { enters, type LinkDoor } from "./enters.js";
import { findBelow, isReadable, pathBelow } from "./find-below.js";
import { linkPreview } from "./schema.js";

export interface LinkPreviewDeps extends LinkDoor {
  readonly fileVersions: Pick<FileVersions, "current">;
  readonly previews: Pick<Previews, "read">;
}

/** Small pictures of the file of a link, and of files in the folder of a link. They are no downloads: none is counted or logged. */
export function linkPreviewRoutes(deps: LinkPreviewDeps): Routes {
  return new Routes()
    .get("/s/:token/preview", enters(deps, "files:read"), expects(linkPreview), async (ctx) => {
      const { entered, request } = ctx.state;
      const { root } = entered;
      if (!isReadable(root) || !isOfFile(root)) throw noLink();
      await sendLinkPreview(ctx, deps, { file: root, size: request.query.size });
    })
    .get(
      "/s/:token/previews/{*path}",
      enters(deps, "files:read"),
      expects(linkPreview),
      async (ctx) => {
        const { entered, request } = ctx.state;
        const found = await findBelow(deps.access, entered, pathBelow(ctx));
        if (!isOfFile(found)) throw new NotFoundError("file");
        await sendLinkPreview(ctx, deps, { file: found, size: request.query.size });
      },
    );
}

interface Wanted {
  readonly file: Granted<FileEntry, "read">;
  readonly size: PreviewSize;
}

/**
 * Why there is no preview is not said: that is for the owner.
 *
 * @throws ContentNotReadyError, NotFoundError; PreviewMissingError while a lost one is made again.
 */
async function sendLinkPreview(
  ctx: Context,
  { fileVersions, previews }: LinkPreviewDeps,
  { file, size }: Wanted,
): Promise<void> {
  if (file.entry.state !== "ready") throw new ContentNotReadyError();
  if (!hasShownPreview(file.entry)) throw new NotFoundError("preview");
  const version = await fileVersions.current(file);
  const read = (format: PreviewFormat) => previews.read(version, { size, format });
  await sendPreview(ctx, { versionId: version._id, size, read });
}
