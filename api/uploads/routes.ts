import Router from "@koa/router";
import type Koa from "koa";
import type { Uploads } from "../../common/uploads/service.js";
import { presentFile } from "../files/present.js";
import { readWriteCondition } from "../files/write-condition.js";
import { apiBase } from "../http/api-base.js";
import { declaredLength, receiveBody } from "../http/body.js";
import { EXACT_PATHS } from "../http/exact-paths.js";
import { claimedMediaType } from "../http/media-type.js";
import { readRequest } from "../http/read-request.js";
import type { AuthState } from "../middleware/authenticate.js";
import { receiveFiles } from "./form.js";
import type { UploadLimits } from "./limits.js";
import { uploadRaw } from "./schema.js";

interface Deps {
  readonly uploads: Uploads;
  readonly limits: UploadLimits;
  readonly authenticate: Koa.Middleware<AuthState>;
}

/** The two doors for new content: forms of any number of files, and one file as a raw body. */
export function uploadRoutes({ uploads, limits, authenticate }: Deps): Router {
  const receiveForm = receiveFiles({ uploads, limits });
  return new Router(EXACT_PATHS)
    .post("/upload", authenticate, receiveForm)
    .post("/files", authenticate, receiveForm)
    .put("/files", authenticate, async (ctx) => {
      const { query } = await readRequest(ctx, uploadRaw);
      const upload = await uploads.begin(ctx.state.actor, {
        ...query,
        condition: readWriteCondition(ctx.req.headers),
        claimedType: claimedMediaType(ctx.get("Content-Type")),
        expectedBytes: declaredLength(ctx.req),
      });
      await upload.receive(receiveBody(ctx.req, ctx.res, limits.pace));
      const { file, isNewFile } = await upload.publish();
      const body = presentFile(file, apiBase(ctx));
      ctx.status = isNewFile ? 201 : 200;
      if (isNewFile) ctx.set("Location", body.links.content);
      ctx.body = body;
    });
}
