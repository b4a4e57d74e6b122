import { placeOfFile } from "../../common/access/file-place.js";
import type { LinkUseLog } from "../../common/links/use-log.js";
import type { Published } from "../../common/uploads/upload.js";
import { newId } from "../../common/platform/ids.js";
import { fileETag } from "../files/present.js";
import { clientTrace } from "../http/client-trace.js";
import type { UploadDeps } from "../uploads/answer.js";
import { storeBody } from "../uploads/raw-body.js";
import type { UrlContext } from "./context.js";

export interface UploadByUrlDeps extends Pick<UploadDeps, "access" | "requests" | "limits"> {
  readonly linkUseLog: LinkUseLog;
}

/** Stores a body as the next version of the file of a URL. The answer says nothing of the file but what was sent. */
export async function storeByUrl(ctx: UrlContext, deps: UploadByUrlDeps): Promise<void> {
  const { link, actor } = ctx.state;
  const startedAt = new Date();
  const granted = await deps.access.file(actor, link.entryId, "write");
  const { name } = granted.entry;
  await storeBody(ctx, deps, {
    ...{ name, onConflict: "version" },
    nameField: { in: "path", pointer: "name" },
    findPlace: () => Promise.resolve(placeOfFile(actor, granted)),
    present: async ({ file }) => {
      const sizeBytes = Number(file.sizeBytes);
      const etag = fileETag(file);
      const about = { client: clientTrace(ctx), entryId: file._id, name, etag, sizeBytes };
      await deps.linkUseLog.noteUpload(link, { id: newId(), startedAt, ...about });
      return presentStored(file);
    },
  });
}

function presentStored(file: Published["file"]) {
  const { versionId, sha256 } = file;
  const body = JSON.stringify({ versionId, sizeBytes: Number(file.sizeBytes), sha256 });
  return { status: 200, headers: { ETag: fileETag(file) }, body };
}
