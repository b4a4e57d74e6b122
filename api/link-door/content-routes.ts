import type { LinkActor } from "../../common/access/actor.js";
import { type Granted, isOfFile } from "../../common/access/grants.js";
import type { FileEntry } from "../../common/entries/entry.js";
import type { Files } from "../../common/files/service.js";
import type { Folders } from "../../common/folders/service.js";
import { ContentNotReadyError } from "../../common/storage/errors.js";
import { noLink } from "../../common/links/entrance.js";
import { sendMetadata } from "../files/metadata.js";
import { contentOf } from "../files/present.js";
import type { Context } from "../http/door.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { type EnteredLink, isWithheld } from "./entered.js";
import { enters, type LinkDoor } from "./enters.js";
import { findBelow, isReadable, pathBelow } from "./find-below.js";
import { sendFolder } from "./folder.js";
import { presentEntryOf } from "./present.js";
import { linkContent, linkEntry } from "./schema.js";
import { sendDownload } from "./send-download.js";

export interface ContentDeps extends LinkDoor {
  readonly files: Files;
  readonly folders: Folders;
}

/** The content of the file of a link, and what is in the folder of a link. */
export function contentRoutes(deps: ContentDeps): Routes {
  return new Routes()
    .get("/s/:token/content", enters(deps, "files:read"), expects(linkContent), async (ctx) => {
      const { entered, request } = ctx.state;
      const { root } = entered;
      if (!isReadable(root) || !isOfFile(root)) throw noLink();
      await sendFile(ctx, deps, { entered, file: root, isSaved: request.query.download });
    })
    .get(
      "/s/:token/entries/{*path}",
      enters(deps, "files:read"),
      expects(linkEntry),
      async (ctx) => {
        const { entered, request } = ctx.state;
        const { metadata, download, ...query } = request.query;
        const found = await findBelow(deps.access, entered, pathBelow(ctx));
        if (metadata) sendMetadata(ctx, presentEntryOf(entered, found.entry, found.path));
        else if (isOfFile(found)) {
          await sendFile(ctx, deps, { entered, file: found, isSaved: download });
        } else await sendFolder(ctx, deps, { entered, folder: found, query });
      },
    );
}

interface SentFile {
  readonly entered: EnteredLink;
  readonly file: Granted<FileEntry, "read">;
  readonly isSaved: boolean;
}

/** @throws ContentNotReadyError, and what `sendDownload` throws. */
async function sendFile(
  ctx: Context,
  deps: ContentDeps,
  { entered, file, isSaved }: SentFile,
): Promise<void> {
  if (file.entry.state !== "ready") throw new ContentNotReadyError();
  const content = contentOf(await deps.files.open(file));
  const entryId = file.entry._id;
  const requireThere = async (actor: LinkActor) => {
    const { entry } = await deps.access.file(actor, entryId, "read");
    if (isWithheld(entry)) throw noLink();
  };
  const download = { content, entryId, isSaved, requireThere };
  await sendDownload(ctx, deps, { entered, download });
}
