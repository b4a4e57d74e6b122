import type { Context } from "koa";
import type { FilePage } from "../../common/files/listing.js";
import type { Files } from "../../common/files/service.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { apiBase, Routes } from "../http/route.js";
import { sendContent } from "../http/send-content.js";
import { fileETag, presentFile } from "./present.js";
import { listFiles, oneFile } from "./schema.js";
import { readWriteCondition } from "./write-condition.js";

/** Listing, downloading and deleting files. */
export function fileRoutes({ files }: { readonly files: Files }): Routes {
  return new Routes()
    .get("/files", allow("files:read"), expects(listFiles), async (ctx) => {
      const { query } = ctx.state.request;
      const page = await files.list(ctx.state.actor, {
        ...query,
        namePrefix: query.name,
        withTotal: query.total,
      });
      linkToNext(ctx, page);
      ctx.body = {
        ...page,
        limit: query.limit,
        items: page.items.map((file) => presentFile(file, apiBase(ctx))),
      };
    })
    .get("/files/:id", allow("files:read"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      const { file, ...content } = await files.open(ctx.state.actor, params.id);
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
      const file = await files.get(ctx.state.actor, params.id);
      ctx.body = presentFile(file, apiBase(ctx));
    })
    .delete("/files/:id", allow("files:delete"), expects(oneFile), async (ctx) => {
      const { params } = ctx.state.request;
      await files.remove(ctx.state.actor, params.id, readWriteCondition(ctx.req.headers));
      ctx.status = 204;
    });
}

/** The next page as RFC 8288 has it, beside the `nextCursor` in the body. */
function linkToNext(ctx: Context, { nextCursor }: FilePage): void {
  if (nextCursor === null) return;
  const query = new URLSearchParams(ctx.querystring);
  query.set("cursor", nextCursor);
  ctx.set("Link", `<${ctx.path}?${query.toString()}>; rel="next"`);
}
