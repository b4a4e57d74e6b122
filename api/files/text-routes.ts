import { PreconditionFailedError } from "../../common/platform/errors.js";
import type { Access } from "../../common/access/service.js";
import type { Files } from "../../common/files/service.js";
import type { FileVersions } from "../../common/files/versions.js";
import { readBeginning } from "../../common/previews/text.js";
import { allow } from "../http/allow.js";
import { evaluateConditions } from "../http/conditional.js";
import { expects } from "../http/expects.js";
import { CONTENT_HEADERS } from "../http/media-type.js";
import { Routes } from "../http/route.js";
import { oneText } from "./preview-schema.js";

interface Deps {
  readonly access: Access;
  readonly files: Files;
  readonly fileVersions: Pick<FileVersions, "find">;
}

/** The beginning of text files. */
export function textRoutes({ access, files, fileVersions }: Deps): Routes {
  return new Routes().get("/files/:id/text", allow("files:read"), expects(oneText), async (ctx) => {
    const { actor, request } = ctx.state;
    const { bytes: maxBytes, versionId } = request.query;
    const granted = await access.file(actor, request.params.id, "read");
    const content = await (versionId === undefined
      ? files.open(granted)
      : files.openVersion(granted, await fileVersions.find(granted, versionId)));
    const { bytes, isComplete } = await readBeginning(content, maxBytes);
    const etag = `"t${maxBytes}-${content.file.versionId}"`;
    ctx.set({ ...CONTENT_HEADERS, ETag: etag, "Text-Complete": String(isComplete) });
    const verdict = evaluateConditions(ctx.headers, { etag });
    if (verdict === "failed") throw new PreconditionFailedError();
    if (verdict === "not-modified") {
      ctx.status = 304;
      return;
    }
    ctx.status = 200;
    ctx.set("Content-Type", "text/plain; charset=utf-8");
    ctx.length = bytes.length;
    if (ctx.method !== "HEAD") ctx.body = bytes;
  });
}
