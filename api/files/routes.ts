import type { Access } from "../../common/access/service.js";
import type { Files } from "../../common/files/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { sendPage } from "../http/page.js";
import { apiBase, Routes } from "../http/route.js";
import { sendContent } from "../http/send-content.js";
import { fileETag, presentFile } from "./present.js";
import { listFiles, oneFile } from "./schema.js";
import { readWriteCondition } from "./write-condition.js";

interface Deps {
  readonly access: Access;
  readonly files: Files;
}

/** Listing, downloading and deleting files. */
export function fileRoutes({ access, files }: Deps): Routes {
  return new Routes()
    .get("/files", allow("files:read"), expects(listFiles), async (ctx) => {
      const { query } = ctx.state.request;
      const root = await access.folder(ctx.state.actor, "root", "read");
      const page = await files.list(root, query);
      sendPage(ctx, { ...page, limit: query.limit }, (file) => presentFile(file, apiBase(ctx)));
    })
    .get("/files/:id", allow("files:read"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      const granted = await access.file(ctx.state.actor, params.id, "read");
      const { file, ...content } = await files.open(granted);
      await sendContent(ctx, {
        name: file.name,
        type: file.type,
        sizeBytes: content.sizeBytes,
        sha256: file.sha256,
        etag: fileETag(file),
        lastModified: file.updatedAt,
        open: (window) => content.read(window),
      });
    })
    .get("/files/:id/metadata", allow("files:read"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      const { entry } = await access.file(ctx.state.actor, params.id, "read");
      ctx.body = presentFile(entry, apiBase(ctx));
    })
    .delete("/files/:id", allow("files:delete"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      const granted = await access.file(ctx.state.actor, params.id, "delete");
      await files.remove(granted, readWriteCondition(ctx.req.headers));
      ctx.status = 204;
    });
}
