import type { Actor } from "../../common/access/actor.js";
import { type Granted, isOfFile, isOfFolder } from "../../common/access/grants.js";
import type { Access } from "../../common/access/service.js";
import type { FileEntry, Folder } from "../../common/entries/entry.js";
import type { FilePipelines } from "../../common/pipeline/file-pipelines.js";
import type { Files } from "../../common/files/service.js";
import { NotFoundError } from "../../common/platform/errors.js";
import { sendMetadata } from "../files/metadata.js";
import { describeFile } from "../files/describe.js";
import { sendFile } from "../files/send-file.js";
import { presentFolder } from "../folders/present.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import { IsFolderError } from "./errors.js";
import { readByPath } from "./schema.js";
import { BY_PATH_ROUTE, readUrlPath, type UrlPath } from "./url-path.js";

interface Deps {
  readonly access: Access;
  readonly files: Files;
  readonly filePipelines: FilePipelines;
}

/** Downloading files, and showing files and folders, by their paths. */
export function readByPathRoutes({ access, files, filePipelines }: Deps): Routes {
  const read = allow("files:read");
  return new Routes().get(BY_PATH_ROUTE, read, expects(readByPath), async (ctx) => {
    const { actor, request } = ctx.state;
    const isMetadata = request.query.metadata;
    const found = await find(access, actor, readUrlPath(ctx));
    if (!isOfFile(found)) {
      const folder = presentFolder(found.entry, apiBase(ctx), found.path);
      if (!isMetadata) throw new IsFolderError(folder.links);
      sendMetadata(ctx, folder);
    } else if (isMetadata) {
      sendMetadata(ctx, await describeFile(filePipelines, found, apiBase(ctx)));
    } else await sendFile(ctx, { access, granted: found }, await files.open(found));
  });
}

async function find(
  access: Access,
  actor: Actor,
  { names, isFolderPath }: UrlPath,
): Promise<Granted<FileEntry, "read"> | Granted<Folder, "read">> {
  if (names.length === 0) return access.folder(actor, "root", "read");
  const granted = await access.entryAt(actor, names, "read");
  if (isOfFolder(granted)) return granted;
  if (isFolderPath || !isOfFile(granted)) throw new NotFoundError("folder");
  return granted;
}
