import Router from "@koa/router";
import type { Context, Middleware } from "koa";
import type { FilePage } from "../../common/files/listing.js";
import type { Files } from "../../common/files/service.js";
import { apiBase } from "../http/api-base.js";
import { EXACT_PATHS } from "../http/exact-paths.js";
import { readRequest } from "../http/read-request.js";
import { sendContent } from "../http/send-content.js";
import type { AuthState } from "../middleware/authenticate.js";
import { fileETag, presentFile } from "./present.js";
import { listFiles, oneFile } from "./schema.js";
import { readWriteCondition } from "./write-condition.js";

interface Deps {
  readonly files: Files;
  readonly authenticate: Middleware<AuthState>;
}

/** List, download, look at and delete the files of whoever asks. */
export function fileRoutes({ files, authenticate }: Deps): Router {
  return new Router(EXACT_PATHS)
    .get("/files", authenticate, async (ctx) => {
      const { query } = await readRequest(ctx, listFiles);
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
    .get("/files/:id", authenticate, async (ctx) => {
      const { params } = await readRequest(ctx, oneFile);
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
    .get("/files/:id/metadata", authenticate, async (ctx) => {
      const { params } = await readRequest(ctx, oneFile);
      const file = await files.get(ctx.state.actor, params.id);
      ctx.body = presentFile(file, apiBase(ctx));
    })
    .delete("/files/:id", authenticate, async (ctx) => {
      const { params } = await readRequest(ctx, oneFile);
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
